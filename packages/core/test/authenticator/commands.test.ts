/** getInfo, selection and reset. */
import { describe, expect, test } from "vitest";
import { encodeHex } from "../../src/bytes/text.ts";
import { VaultError } from "../../src/errors.ts";
import { createTestAuthenticator, getAssertionMap, map, register, stored } from "./support.ts";

const deny = async () => {
  throw new VaultError("LK-AUTH-DENIED", "no");
};

describe("getInfo", () => {
  test("tells what is built, and nothing more", async () => {
    const { map: info } = await createTestAuthenticator().send(0x04);
    expect(Object.fromEntries(info)).toEqual({
      1: ["FIDO_2_0", "FIDO_2_1"],
      2: ["credBlob", "credProtect", "hmac-secret", "hmac-secret-mc"],
      3: Uint8Array.from(Buffer.from("548c0c88203541cfa68259de96183952", "hex")),
      4: map(["rk", true], ["up", true], ["uv", true], ["makeCredUvNotRqd", true]),
      5: 65_536,
      6: [2, 1],
      7: 32,
      8: 1023,
      9: ["internal", "hybrid"],
      10: [-7, -8, -35].map((alg) => map(["alg", alg], ["type", "public-key"])),
      15: 32,
      22: ["none"],
    });
  });

  test("writes its options by length, then bytewise", async () => {
    const { bytes } = await createTestAuthenticator().send(0x04);
    expect(encodeHex(bytes)).toContain("04a462726bf5627570f5627576f5706d616b654372656455764e6f74527164f5");
  });

  test("lists no algorithm that the host cannot sign with", async () => {
    const { host } = createTestAuthenticator();
    const authenticator = createTestAuthenticator({
      overrides: { crypto: { ...host.crypto, algorithms: [] } },
    });
    expect((await authenticator.send(0x04)).map.get(10)).toEqual([]);
  });

  test("asks nobody", async () => {
    const authenticator = createTestAuthenticator();
    await authenticator.send(0x04);
    expect(authenticator.prompts).toEqual([]);
  });
});

describe("selection", () => {
  test("is answered when the person is there", async () => {
    const authenticator = createTestAuthenticator();
    expect((await authenticator.send(0x0b)).bytes).toEqual(Uint8Array.of(0x00));
    expect(authenticator.prompts).toEqual([{ operation: "select", rpId: null, verification: false }]);
  });

  test("is refused when the person refuses", async () => {
    const authenticator = createTestAuthenticator();
    authenticator.person = deny;
    expect((await authenticator.send(0x0b)).bytes).toEqual(Uint8Array.of(0x27));
  });
});

describe("reset", () => {
  test("empties a throw-away vault, and forgets the next assertions", async () => {
    const authenticator = createTestAuthenticator();
    await register(authenticator);
    await register(authenticator, { 3: map(["id", Uint8Array.of(9)]) });
    await authenticator.send(0x02, getAssertionMap());
    expect((await authenticator.send(0x07)).bytes).toEqual(Uint8Array.of(0x00));
    expect((await authenticator.send(0x08)).status).toBe(0x30);
    expect((await authenticator.send(0x02, getAssertionMap())).status).toBe(0x2e);
  });

  test("needs the person", async () => {
    const authenticator = createTestAuthenticator();
    await register(authenticator);
    authenticator.person = deny;
    authenticator.prompts.length = 0;
    expect((await authenticator.send(0x07)).bytes).toEqual(Uint8Array.of(0x27));
    expect(authenticator.prompts).toEqual([{ operation: "reset", rpId: null, verification: false }]);
    expect(await stored(authenticator)).toHaveLength(1);
  });

  test("never empties a real vault, nor asks whether it may", async () => {
    const authenticator = createTestAuthenticator({ real: true });
    await register(authenticator);
    authenticator.prompts.length = 0;
    expect((await authenticator.send(0x07)).bytes).toEqual(Uint8Array.of(0x27));
    expect(await stored(authenticator)).toHaveLength(1);
    expect(authenticator.prompts).toEqual([]);
  });
});

describe("a command without parameters", () => {
  test.for([
    ["getInfo", 0x04],
    ["reset", 0x07],
    ["getNextAssertion", 0x08],
    ["selection", 0x0b],
  ] as const)("does nothing when bytes stand behind it: %s", async ([, command]) => {
    const authenticator = createTestAuthenticator();
    await register(authenticator);
    authenticator.prompts.length = 0;
    expect((await authenticator.sendBytes(Uint8Array.of(command, 0xa0))).bytes).toEqual(Uint8Array.of(0x03));
    expect(authenticator.prompts).toEqual([]);
    expect(await stored(authenticator)).toHaveLength(1);
  });
});
