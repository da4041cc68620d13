/** A relay's lie is kept as evidence that anybody can check with one command and nothing else; an honest one leaves none. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeHex } from "@latchkey/core/bytes/text";
import { exportEvidence } from "@latchkey/core/device/relay-evidence";
import { verifyEvidence } from "@latchkey/core/device/verify-evidence";
import { describe, expect, test } from "vitest";
import { until } from "@latchkey/desktop/test/hosts";
import { ROOT } from "../repo/tree.ts";
import { expectHealed, makeWorld, sync, type World } from "./world.ts";

const evidenceOf = async ({ desk }: World) => verifyEvidence(await exportEvidence(desk.device));

/** Acknowledges every put as if it lay within what the relay has, and forgets it. */
async function lose({ relay, desk, write }: World): Promise<void> {
  relay.lie = {
    toRelay(frame, answer) {
      if (frame.op !== "put") return [frame];
      answer({ op: "ack", request: frame.request, outcomes: frame.entries.map(() => ({ cursor: 1 })) });
      return [];
    },
  };
  await sync(desk);
  await write();
  await desk.settled();
  relay.lie = {};
  await sync(desk);
}

/** The command, in a home without a vault. */
function verify(folder: string, path: string) {
  const program = join(ROOT, "packages/desktop/bin/latchkey.js");
  const { status, stdout } = spawnSync(process.execPath, [program, "relay", "evidence", "verify", path], {
    env: { PATH: process.env["PATH"], HOME: folder, NO_COLOR: "1" },
    encoding: "utf8",
  });
  return { status, stdout };
}

describe("a relay that lied", () => {
  test("by acknowledging without storing is named, with the entry, and the file says what it cannot prove", async () => {
    const world = await makeWorld();
    await lose(world);
    await until(async () => (await evidenceOf(world)).length > 0);
    const own = world.desk.device.context.self.signer.publicKey;
    expect(await evidenceOf(world)).toMatchObject([
      {
        kind: "acknowledged-without-storing",
        origin: world.relay.origin,
        device: own,
        entries: [{ cursor: 1, author: own }],
      },
    ]);
    const path = join(world.folder, "evidence.cbor");
    writeFileSync(path, await exportEvidence(world.desk.device));
    const { status, stdout } = verify(world.folder, path);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^proven +1 change of devices of this room exist, each signed by its device$/m);
    expect(stdout).toMatch(/^said .*a relay signs nothing/m);
    const changed = readFileSync(path);
    changed[changed.length >> 1] = (changed[changed.length >> 1] ?? 0) ^ 1;
    writeFileSync(path, changed);
    expect(verify(world.folder, path)).toEqual({ status: 8, stdout: "" });
    await expectHealed(world);
  });

  test("by going back without owning up to it is noted, too", async () => {
    const world = await makeWorld();
    const { relay, desk, write } = world;
    await write();
    await sync(desk);
    // Its true head is at least two: founding and the register of a passkey.
    relay.lie = { toDevice: (frame) => (frame.op === "welcome" ? [{ ...frame, head: 1 }] : [frame]) };
    await sync(desk);
    await until(async () => (await evidenceOf(world)).length > 0);
    expect(await evidenceOf(world)).toMatchObject([{ kind: "rolled-back", origin: relay.origin, head: 1 }]);
    await expectHealed(world);
  });

  test("by handing out a changed copy is shown by the copy itself", async () => {
    const world = await makeWorld();
    const { relay, desk, laptop, write } = world;
    const spoil = (bytes: Uint8Array): Uint8Array => bytes.with(1_000, (bytes[1_000] ?? 0) ^ 1);
    await write(laptop);
    await sync(laptop);
    laptop.disconnect();
    relay.lie = {
      toDevice: (frame) =>
        frame.op === "entries"
          ? [
              {
                ...frame,
                entries: frame.entries.map((placed) => ({ ...placed, entry: spoil(placed.entry) })),
              },
            ]
          : [frame],
    };
    await sync(desk);
    // An entry of Desk's own that came back changed is one that it does not give back, too.
    const altered = (await evidenceOf(world)).filter(({ kind }) => kind === "altered-copy");
    const authors = altered.flatMap(({ entries }) => entries.map(({ author }) => encodeHex(author)));
    expect(authors).toContain(encodeHex(laptop.device.context.self.signer.publicKey));
    // What stands for an entry is a place that was pulled: the next one of that device shows that the true one is missing.
    await write(laptop);
    await expectHealed(world);
  });
});

test("a relay that keeps its word, is restarted or is gone leaves nothing to hold against it", async () => {
  const world = await makeWorld();
  const { relay, desk, laptop, write } = world;
  await write();
  await sync(desk, laptop);
  await relay.restart(() => {});
  await sync(desk, laptop);
  expect(await evidenceOf(world)).toEqual([]);
});
