/** authenticatorGetAssertion, its pre-flight and authenticatorGetNextAssertion. */
import { describe, expect, test } from "vitest";
import type { CborMap } from "../../src/cbor/codec.ts";
import { VaultError } from "../../src/errors.ts";
import {
  createTestAuthenticator,
  descriptor,
  flagsOf,
  getAssertionMap,
  idOf,
  isSigned,
  makeCredentialMap,
  map,
  register,
  type TestAuthenticator,
} from "./support.ts";

const user = (id: number, name = `user ${id}`) => ({
  3: map(["id", Uint8Array.of(id)], ["name", name], ["displayName", name.toUpperCase()]),
});
const notDiscoverable = { 7: map(["rk", false], ["uv", true]) };

describe("getAssertion", () => {
  test.for([
    { name: "verified when asked", real: false, options: map(["uv", true]), flags: 0x1d },
    { name: "present only, without options", real: false, options: undefined, flags: 0x19 },
    { name: "present only, with up asked", real: false, options: map(["up", true]), flags: 0x19 },
    { name: "verified on a real vault, asked or not", real: true, options: undefined, flags: 0x1d },
  ])("sets the flags to what was done: $name", async ({ real, options, flags }) => {
    const authenticator = createTestAuthenticator({ real });
    const registered = await register(authenticator);
    const answer = await authenticator.send(0x02, getAssertionMap({ 5: options }));
    expect(flagsOf(answer)).toBe(flags);
    expect(answer.map.get(2)).toHaveLength(37);
    expect(isSigned(answer, registered)).toBe(true);
    expect(isSigned(answer, registered, new Uint8Array(32))).toBe(false);
  });

  test("copies the backup flags of the passkey's own record", async () => {
    const { host } = createTestAuthenticator();
    const authenticator = createTestAuthenticator({
      overrides: {
        store: {
          ...host.store,
          findByRpId: async (rpId) => {
            const [source] = await host.store.findByRpId(rpId);
            return source === undefined ? [] : [{ ...source, backedUp: false }];
          },
        },
      },
    });
    await register(authenticator);
    expect(flagsOf(await authenticator.send(0x02, getAssertionMap()))).toBe(0x0d);
  });

  describe("locates", () => {
    test("a passkey that is not discoverable through the allowList only, without its user", async () => {
      const authenticator = createTestAuthenticator();
      const registered = await register(authenticator, notDiscoverable);
      expect((await authenticator.send(0x02, getAssertionMap())).status).toBe(0x2e);
      const answer = await authenticator.send(0x02, getAssertionMap({ 3: [descriptor(registered.id)] }));
      expect(isSigned(answer, registered)).toBe(true);
      expect([...answer.map.keys()]).toEqual([1, 2, 3]);
    });

    test("a discoverable passkey through the allowList, with its user id and no name", async () => {
      const authenticator = createTestAuthenticator();
      const { id } = await register(authenticator, user(1));
      const answer = await authenticator.send(0x02, getAssertionMap({ 3: [descriptor(id)] }));
      expect(answer.map.get(4)).toEqual(map(["id", Uint8Array.of(1)]));
    });

    test("with an empty allowList what it would without one", async () => {
      const authenticator = createTestAuthenticator();
      const { id } = await register(authenticator);
      expect(idOf(await authenticator.send(0x02, getAssertionMap({ 3: [] })))).toEqual(id);
    });

    test("no passkey of another site, with the allowList or without, and asks nobody", async () => {
      const authenticator = createTestAuthenticator();
      const { id } = await register(authenticator);
      authenticator.prompts.length = 0;
      for (const rpId of ["other.example", "sub.latchkey.example", "example", "LATCHKEY.example"]) {
        for (const list of [undefined, [descriptor(id)]]) {
          const answer = await authenticator.send(0x02, getAssertionMap({ 1: rpId, 3: list }));
          expect(answer.bytes).toEqual(Uint8Array.of(0x2e));
        }
      }
      expect(authenticator.prompts).toEqual([]);
    });

    test("nothing for a list of unknown descriptor types: it is not an empty list", async () => {
      const authenticator = createTestAuthenticator();
      const { id } = await register(authenticator);
      const answer = await authenticator.send(0x02, getAssertionMap({ 3: [descriptor(id, "password")] }));
      expect(answer.status).toBe(0x2e);
    });

    test("one of several listed passkeys, the newest, and counts none", async () => {
      const authenticator = createTestAuthenticator();
      const older = await register(authenticator, user(1));
      const newer = await register(authenticator, user(2));
      const list = [descriptor(older.id), descriptor(newer.id)];
      const answer = await authenticator.send(0x02, getAssertionMap({ 3: list }));
      expect(idOf(answer)).toEqual(newer.id);
      expect([...answer.map.keys()]).toEqual([1, 2, 3, 4]);
      expect((await authenticator.send(0x08)).status).toBe(0x30);
    });
  });

  describe("a person who picks", () => {
    const pickOldest = (authenticator: TestAuthenticator) => {
      authenticator.person = async (prompt) =>
        prompt.operation === "get-assertion" ? (prompt.accounts.at(-1) ?? null) : null;
    };

    test("gets that account, marked as picked and without names", async () => {
      const authenticator = createTestAuthenticator();
      const older = await register(authenticator, user(1));
      await register(authenticator, user(2));
      pickOldest(authenticator);
      const answer = await authenticator.send(0x02, getAssertionMap());
      expect(idOf(answer)).toEqual(older.id);
      expect(isSigned(answer, older)).toBe(true);
      expect(answer.map.get(4)).toEqual(map(["id", Uint8Array.of(1)]));
      expect([...answer.map.keys()]).toEqual([1, 2, 3, 4, 6]);
      expect(answer.map.get(6)).toBe(true);
      expect((await authenticator.send(0x08)).status).toBe(0x30);
    });

    test("is not said to have picked when there was one account, or a list", async () => {
      const authenticator = createTestAuthenticator();
      const first = await register(authenticator, user(1));
      pickOldest(authenticator);
      expect((await authenticator.send(0x02, getAssertionMap())).map.has(6)).toBe(false);
      const second = await register(authenticator, user(2));
      const list = [descriptor(second.id), descriptor(first.id)];
      const answer = await authenticator.send(0x02, getAssertionMap({ 3: list }));
      expect(idOf(answer)).toEqual(first.id);
      expect(answer.map.has(6)).toBe(false);
    });

    test("cannot pick what was not offered: a fault, no signature", async () => {
      const authenticator = createTestAuthenticator();
      await register(authenticator);
      const [other] = await authenticator.host.store.findByRpId("latchkey.example");
      authenticator.person = async () => (other === undefined ? null : { ...other });
      expect((await authenticator.send(0x02, getAssertionMap())).bytes).toEqual(Uint8Array.of(0x7f));
      expect(authenticator.faults).toHaveLength(1);
    });
  });

  test("gives no signature to a person who says no", async () => {
    const authenticator = createTestAuthenticator();
    await register(authenticator);
    authenticator.person = async () => {
      throw new VaultError("LK-AUTH-DENIED", "no");
    };
    expect((await authenticator.send(0x02, getAssertionMap())).bytes).toEqual(Uint8Array.of(0x27));
  });
});

describe("pre-flight", () => {
  const preflight = (changes: Parameters<typeof getAssertionMap>[0] = {}) =>
    getAssertionMap({ 2: new Uint8Array(32), 5: map(["up", false]), ...changes });

  test("is answered on a throw-away vault with UP and UV clear, and asks nobody", async () => {
    const authenticator = createTestAuthenticator();
    const registered = await register(authenticator, notDiscoverable);
    authenticator.prompts.length = 0;
    for (const options of [map(["up", false]), map(["up", false], ["uv", true])]) {
      const answer = await authenticator.send(
        0x02,
        preflight({ 3: [descriptor(registered.id)], 5: options }),
      );
      expect(flagsOf(answer)).toBe(0x18);
      expect(isSigned(answer, registered, new Uint8Array(32))).toBe(true);
    }
    expect(authenticator.prompts).toEqual([]);
  });

  test("neither counts nor remembers accounts", async () => {
    const authenticator = createTestAuthenticator();
    await register(authenticator, user(1));
    await register(authenticator, user(2));
    expect([...(await authenticator.send(0x02, preflight())).map.keys()]).toEqual([1, 2, 3, 4]);
    expect((await authenticator.send(0x08)).status).toBe(0x30);
  });

  test("on a real vault finds nothing or is refused: never a signature, never a prompt", async () => {
    const authenticator = createTestAuthenticator({ real: true });
    expect((await authenticator.send(0x02, preflight())).bytes).toEqual(Uint8Array.of(0x2e));
    await register(authenticator);
    authenticator.prompts.length = 0;
    expect((await authenticator.send(0x02, preflight())).bytes).toEqual(Uint8Array.of(0x36));
    expect(authenticator.prompts).toEqual([]);
  });
});

describe("getNextAssertion", () => {
  async function withThreeAccounts() {
    const authenticator = createTestAuthenticator();
    const registered = [];
    for (const id of [1, 2, 3]) registered.push(await register(authenticator, user(id)));
    return { authenticator, newestFirst: registered.reverse() };
  }

  test("goes on from newest to oldest, under the gesture of the request before it", async () => {
    const { authenticator, newestFirst } = await withThreeAccounts();
    authenticator.prompts.length = 0;
    const answers = [await authenticator.send(0x02, getAssertionMap())];
    answers.push(await authenticator.send(0x08), await authenticator.send(0x08));
    expect(answers.map(idOf)).toEqual(newestFirst.map(({ id }) => id));
    for (const [index, answer] of answers.entries()) {
      expect(isSigned(answer, newestFirst[index]!)).toBe(true);
      expect(flagsOf(answer)).toBe(0x1d);
      const name = `user ${3 - index}`;
      expect(answer.map.get(4)).toEqual(
        map(["id", Uint8Array.of(3 - index)], ["name", name], ["displayName", name.toUpperCase()]),
      );
    }
    expect(answers.map((answer) => answer.map.get(5))).toEqual([3, undefined, undefined]);
    expect(authenticator.prompts).toHaveLength(1);
    expect((await authenticator.send(0x08)).status).toBe(0x30);
  });

  test("names nobody when the person was not verified", async () => {
    const { authenticator } = await withThreeAccounts();
    const answers = [await authenticator.send(0x02, getAssertionMap({ 5: undefined }))];
    answers.push(await authenticator.send(0x08));
    for (const answer of answers) expect([...(answer.map.get(4) as CborMap).keys()]).toEqual(["id"]);
    expect(answers[0]?.map.get(5)).toBe(3);
  });

  test("needs a request before it", async () => {
    const authenticator = createTestAuthenticator();
    expect((await authenticator.send(0x08)).bytes).toEqual(Uint8Array.of(0x30));
    await register(authenticator);
    await authenticator.send(0x02, getAssertionMap());
    expect((await authenticator.send(0x08)).bytes).toEqual(Uint8Array.of(0x30));
  });

  test("goes on for 30 seconds after each answer, not longer", async () => {
    const { authenticator } = await withThreeAccounts();
    await authenticator.send(0x02, getAssertionMap());
    authenticator.time += 30_000;
    expect((await authenticator.send(0x08)).status).toBe(0);
    authenticator.time += 30_000;
    expect((await authenticator.send(0x08)).status).toBe(0);

    await authenticator.send(0x02, getAssertionMap());
    authenticator.time += 30_001;
    expect((await authenticator.send(0x08)).status).toBe(0x30);
    authenticator.time -= 30_001;
    expect((await authenticator.send(0x08)).status).toBe(0x30);
  });

  test.for([
    { name: "getInfo", command: 0x04, map: undefined },
    { name: "selection", command: 0x0b, map: undefined },
    { name: "an unknown command", command: 0x55, map: undefined },
    { name: "a refused makeCredential", command: 0x01, map: makeCredentialMap({ 1: undefined }) },
    {
      name: "a getAssertion that finds nothing",
      command: 0x02,
      map: getAssertionMap({ 1: "other.example" }),
    },
  ])("ends with $name in between", async ({ command, map }) => {
    const { authenticator } = await withThreeAccounts();
    await authenticator.send(0x02, getAssertionMap());
    await authenticator.send(command, map);
    expect((await authenticator.send(0x08)).status).toBe(0x30);
  });
});
