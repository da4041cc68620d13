/** What stands for a whole vault in few bytes: the state hash and the fingerprint words. */
import { describe, expect, test } from "vitest";
import { encodeHex } from "../../src/bytes/text.ts";
import { createGenesisDocument } from "../../src/vault/document.ts";
import { deriveFingerprint } from "../../src/vault/fingerprint.ts";
import { deriveActor, formatOperationId, parseOperationId } from "../../src/vault/operation-id.ts";
import { deriveStateHash } from "../../src/vault/state-hash.ts";
import { bytesOf, Device } from "./samples.ts";

const stateOf = (...edits: readonly ((device: Device) => unknown)[]): string => {
  const device = new Device(1);
  device.create(7);
  for (const edit of edits) edit(device);
  return encodeHex(deriveStateHash(device.document));
};

describe("the state hash", () => {
  test("is fixed for a vault with nothing in it", () => {
    expect(encodeHex(deriveStateHash(createGenesisDocument()))).toMatchInlineSnapshot(
      `"52aa7c828c3de0a2269f44438d482effddf1d33d884d718f6070163044fa22c2"`,
    );
  });

  test("does not depend on the way to a state", () => {
    expect(
      stateOf(
        (d) => d.put(7, "title", "a"),
        (d) => d.put(7, "title", "b"),
      ),
    ).toBe(stateOf((d) => d.put(7, "title", "b")));
    expect(
      stateOf(
        (d) => d.delete(7),
        (d) => d.restore(7),
      ),
    ).toBe(stateOf());
  });

  test.for<[what: string, edit: (device: Device) => unknown]>([
    ["a title", (d) => d.put(7, "title", "a")],
    ["a tag", (d) => d.put(7, "tag/work", true)],
    ["a register of a newer version", (d) => d.put(7, "shape", "round")],
    ["a deletion", (d) => d.delete(7)],
    ["another passkey", (d) => d.create(8)],
    ["a setting", (d) => d.do({ type: "put-setting", name: "policy", value: true })],
  ])("shows %s", ([, edit]) => {
    expect(stateOf(edit)).not.toBe(stateOf());
  });

  test("shows an offered value", () => {
    const desk = new Device(1);
    const phone = new Device(2);
    phone.receive(desk.create(7));
    const edits = [desk.put(7, "title", "a"), phone.put(7, "title", "b")];
    desk.receive(...edits);
    const { title } = desk.document.list()[0] ?? {};
    expect(encodeHex(deriveStateHash(desk.document))).not.toBe(
      stateOf((d) => d.put(7, "title", title as string)),
    );
  });

  test("is the same when a secret is sealed anew, and another for another key", () => {
    const of = (changes: object) => {
      const device = new Device(1);
      device.create(7, changes);
      return encodeHex(deriveStateHash(device.document));
    };
    expect(of({ sealedPrivateKey: bytesOf(60, 178), sealedPrfSeeds: bytesOf(61, 104) })).toBe(of({}));
    expect(of({ publicKey: bytesOf(60, 77) })).not.toBe(of({}));
    expect(of({ sealedPrfSeeds: null })).not.toBe(of({}));
  });
});

describe("the fingerprint", () => {
  test("is six words for a log and the heads, in any order", async () => {
    const heads = [bytesOf(1, 32), bytesOf(2, 32)];
    expect(await deriveFingerprint(bytesOf(3, 16), heads)).toMatchInlineSnapshot(`
      [
        "crucial",
        "census",
        "avocado",
        "cruel",
        "tray",
        "barely",
      ]
    `);
    expect(await deriveFingerprint(bytesOf(3, 16), heads.toReversed())).toEqual(
      await deriveFingerprint(bytesOf(3, 16), heads),
    );
    expect(await deriveFingerprint(bytesOf(4, 16), heads)).not.toEqual(
      await deriveFingerprint(bytesOf(3, 16), heads),
    );
    expect(await deriveFingerprint(bytesOf(3, 16), heads.slice(1))).not.toEqual(
      await deriveFingerprint(bytesOf(3, 16), heads),
    );
  });
});

describe("an operation id", () => {
  const id = { device: bytesOf(1, 32), session: bytesOf(2, 8), number: 3 };

  test("comes back from its text", () => {
    expect(parseOperationId(formatOperationId(id))).toEqual(id);
  });

  test.for([
    "",
    "x",
    "AAAA",
    `${formatOperationId(id)}AA`,
    formatOperationId({ ...id, session: bytesOf(2, 7) }),
  ])("is not read from %j", (text) => {
    expect(parseOperationId(text)).toBeNull();
  });

  test("gives every session of a device an actor of its own", () => {
    expect(deriveActor(id.device, id.session)).toMatch(/^[0-9a-f]{32}$/);
    expect(deriveActor(id.device, id.session)).not.toBe(deriveActor(id.device, bytesOf(3, 8)));
    expect(deriveActor(id.device, id.session)).not.toBe(deriveActor(bytesOf(2, 32), id.session));
  });
});
