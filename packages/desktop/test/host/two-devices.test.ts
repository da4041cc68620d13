/** Two hosts, a real relay, a real pairing: what the commands stand on. */
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startRelay } from "@latchkey/sync-relay/hosts/node";
import type { JsonObject } from "../../src/terminal/json.ts";
import type { Channel } from "@latchkey/device-host/channel";
import { createDeviceNamer, describePasskey } from "@latchkey/device-host/describe-vault";
import { inviteDevice } from "@latchkey/device-host/invite-device";
import { joinDevice } from "../../src/host/join-device.ts";
import { startRelayService } from "@latchkey/device-host/relay-service";
import type { VaultHost } from "../../src/host/vault-host.ts";
import { createCtapSession } from "../../src/host/ctap-session.ts";
import { NEVER_CANCELLED } from "@latchkey/core/authenticator/cancellation";
import { encodeCbor } from "@latchkey/core/cbor/codec";
import { editPasskey } from "@latchkey/core/device/passkey-acts";
import { foundHost, makeFolder, makeProtector, openHost, until, withPassphrase } from "./hosts.ts";

const APP = "https://app.example";
let folder: ReturnType<typeof makeFolder>;
const hosts: VaultHost[] = [];
const fail = (fault: unknown) => {
  throw fault;
};

beforeEach(() => {
  folder = makeFolder();
});
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.close();
  folder.remove();
});

/** Pairs as two people with two screens would: the code goes from the joiner's to the inviter's. */
async function pair(desk: VaultHost, path: string, typed: (code: string) => string = (code) => code) {
  const code = Promise.withResolvers<string>();
  const invitation = Promise.withResolvers<string>();
  const told: JsonObject[] = [];
  const channel: Channel = {
    tell(event) {
      told.push(event);
      if (event["event"] === "invitation") invitation.resolve(event["text"] as string);
    },
    ask: async () => typed(await code.promise),
    signal: new AbortController().signal,
  };
  const inviting = inviteDevice(desk, withPassphrase(), channel, { kind: "code", app: APP });
  inviting.catch(() => {});
  const joining = joinDevice({
    path,
    door: { kind: "invitation", text: await invitation.promise },
    name: "Laptop",
    platform: "test",
    protector: makeProtector(),
    tell: (event) => event["event"] === "code" && code.resolve(event["code"] as string),
    signal: new AbortController().signal,
  });
  joining.catch(() => {});
  return { inviting, joining, told, invitation: await invitation.promise };
}

const makeCredential = Uint8Array.of(
  0x01,
  ...encodeCbor(
    new Map<number, never>([
      [1, new Uint8Array(32).fill(1)],
      [2, new Map([["id", "example.org"]])],
      [
        3,
        new Map<string, unknown>([
          ["id", new Uint8Array([1])],
          ["name", "ana"],
        ]),
      ],
      [
        4,
        [
          new Map<string, unknown>([
            ["alg", -7],
            ["type", "public-key"],
          ]),
        ],
      ],
      [7, new Map([["rk", true]])],
    ] as never),
  ),
);

test("a second device joins, and both see what either does", async () => {
  const relay = await startRelay({
    admission: { mode: "open" },
    file: join(folder.path, "relay.sqlite"),
    host: "127.0.0.1",
    port: 0,
  });
  try {
    const desk = await foundHost(join(folder.path, "desk.latchkey"), "Desk", [relay.origin]);
    hosts.push(desk);
    const session = createCtapSession(desk, withPassphrase(), fail);
    expect((await session.handle(makeCredential, NEVER_CANCELLED))[0]).toBe(0);
    const relays = startRelayService(desk, fail);
    expect(await relays.whenSettled(AbortSignal.timeout(20_000))).toBe(true);

    const { inviting, joining } = await pair(desk, join(folder.path, "laptop.latchkey"));
    await joining;
    expect(await inviting).toEqual({ name: "Laptop", probation: null });

    const laptop = openHost(join(folder.path, "laptop.latchkey"));
    hosts.push(laptop);
    await laptop.unlock(withPassphrase());
    startRelayService(laptop, fail);
    const [atDesk, atLaptop] = [await desk.device(), await laptop.device()];
    await until(() => atLaptop.state.document.list().length === 1 && atLaptop.self !== null);
    const [passkey] = atLaptop.state.document.list();
    expect(describePasskey(passkey as never, createDeviceNamer(atLaptop))).toMatchObject({
      site: "example.org",
      user: "ana",
    });
    await editPasskey(atLaptop, passkey?.id as never, "title", "from Laptop");
    await until(() => atDesk.state.document.list()[0]?.title === "from Laptop");

    const offline = createCtapSession(laptop, withPassphrase(), fail);
    const assertion = Uint8Array.of(
      0x02,
      ...encodeCbor(
        new Map<number, never>([
          [1, "example.org"],
          [2, new Uint8Array(32)],
        ] as never),
      ),
    );
    expect((await offline.handle(assertion, NEVER_CANCELLED))[0]).toBe(0);
    const wrong = createCtapSession(laptop, withPassphrase("wrong"), fail);
    expect((await wrong.handle(assertion, NEVER_CANCELLED))[0]).toBe(0x27);
  } finally {
    for (const host of hosts) await host.lock();
    await relay.close();
  }
});

test("three wrong codes end a pairing, and the same invitation works no second time", async () => {
  const relay = await startRelay({
    admission: { mode: "open" },
    file: join(folder.path, "relay.sqlite"),
    host: "127.0.0.1",
    port: 0,
  });
  try {
    const desk = await foundHost(join(folder.path, "desk.latchkey"), "Desk", [relay.origin]);
    hosts.push(desk);
    const wrong = (code: string) => code.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10));
    const first = await pair(desk, join(folder.path, "laptop.latchkey"), wrong);
    await expect(first.inviting).rejects.toMatchObject({ code: "LK-PAIR-CODE-LIMIT" });
    await expect(first.joining).rejects.toMatchObject({ code: "LK-PAIR-CODE-LIMIT" });
    expect(first.told.filter(({ event }) => event === "code-refused")).toHaveLength(2);
    const again = joinDevice({
      path: join(folder.path, "other.latchkey"),
      door: { kind: "invitation", text: first.invitation },
      name: "Other",
      platform: "test",
      protector: makeProtector(),
      tell: () => {},
      signal: new AbortController().signal,
    });
    await expect(again).rejects.toMatchObject({ code: "LK-PAIR-EXPIRED" });
  } finally {
    for (const host of hosts) await host.lock();
    await relay.close();
  }
});

test("a locked vault is opened for a named site only, and never for a question beforehand", async () => {
  const desk = await foundHost(join(folder.path, "desk.latchkey"), "Desk", []);
  hosts.push(desk);
  const purposes: string[] = [];
  const session = createCtapSession(
    desk,
    async (purpose) => {
      purposes.push(purpose);
      return makeProtector();
    },
    fail,
  );
  const ask = (...fields: [number, unknown][]) =>
    session.handle(
      Uint8Array.of(
        0x02,
        ...encodeCbor(
          new Map<number, never>([[1, "example.org"], [2, new Uint8Array(32)], ...fields] as never),
        ),
      ),
      NEVER_CANCELLED,
    );
  expect((await session.handle(Uint8Array.of(0x02, 0xa0), NEVER_CANCELLED))[0]).toBe(0x14);
  expect((await session.handle(Uint8Array.of(0x04), NEVER_CANCELLED))[0]).toBe(0);
  expect((await ask([5, new Map([["up", false]])]))[0]).toBe(0x36);
  expect(purposes).toEqual([]);
  expect((await ask())[0]).toBe(0x2e);
  expect(purposes).toEqual(["sign in to example.org"]);
});
