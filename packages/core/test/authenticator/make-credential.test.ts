/** authenticatorMakeCredential, step by step. */
import { describe, expect, test } from "vitest";
import { AAGUID } from "../../src/authenticator/aaguid.ts";
import { createCancellation } from "../../src/authenticator/cancellation.ts";
import type { CborMap } from "../../src/cbor/codec.ts";
import { type ErrorCode, VaultError } from "../../src/errors.ts";
import {
  approve,
  cancelled,
  createTestAuthenticator,
  descriptor,
  ES256_ENTRY,
  getAssertionMap,
  idOf,
  isSigned,
  makeCredentialMap,
  map,
  readAttestation,
  register,
  RP_ID,
  stored,
} from "./support.ts";

describe("makeCredential", () => {
  test("makes a passkey that signs in", async () => {
    const authenticator = createTestAuthenticator();
    const registered = await register(authenticator);
    expect(registered.authData.slice(37, 53)).toEqual(AAGUID);
    expect(registered.id).toHaveLength(32);
    const answer = await authenticator.send(0x02, getAssertionMap());
    expect(idOf(answer)).toEqual(registered.id);
    expect(isSigned(answer, registered)).toBe(true);
  });

  test("answers with format none, an empty statement and no other member", async () => {
    const answer = await createTestAuthenticator().send(0x01, makeCredentialMap());
    expect([...answer.map.keys()]).toEqual([1, 2, 3]);
    expect(answer.map.get(1)).toBe("none");
    expect(answer.map.get(3)).toEqual(new Map());
  });

  test.for([
    { attestation: "none", preferred: ["packed"], format: "none" },
    { attestation: "packed", preferred: ["none"], format: "packed" },
    { attestation: "as-asked", preferred: undefined, format: "none" },
    { attestation: "as-asked", preferred: [], format: "none" },
    { attestation: "as-asked", preferred: ["tpm", "packed", "none"], format: "packed" },
    { attestation: "as-asked", preferred: ["none", "packed"], format: "none" },
    { attestation: "as-asked", preferred: ["tpm"], format: "none" },
  ] as const)(
    "attests as the host was told: $attestation, preferred $preferred",
    async ({ attestation, preferred, format }) => {
      const authenticator = createTestAuthenticator({ overrides: { attestation } });
      const request = makeCredentialMap({ 0x0b: preferred === undefined ? undefined : [...preferred] });
      const answer = await authenticator.send(0x01, request);
      expect(answer.map.get(1)).toBe(format);
      expect([...(answer.map.get(3) as CborMap).keys()]).toEqual(format === "none" ? [] : ["alg", "sig"]);
      const statement = answer.map.get(3) as CborMap;
      const registered = readAttestation(answer.map.get(2) as Uint8Array);
      const signed = { ...answer, map: map([2, registered.authData], [3, statement.get("sig") ?? null]) };
      expect(format === "none" || isSigned(signed, registered)).toBe(true);
    },
  );

  test.for([
    { name: "verified when asked", real: false, options: map(["uv", true]), flags: 0x5d },
    {
      name: "present only, when verification is not asked",
      real: false,
      options: map(["uv", false]),
      flags: 0x59,
    },
    { name: "present only, without options", real: false, options: undefined, flags: 0x59 },
    { name: "verified on a real vault, asked or not", real: true, options: undefined, flags: 0x5d },
  ])("sets the flags to what was done: $name", async ({ real, options, flags }) => {
    const registered = await register(createTestAuthenticator({ real }), { 7: options });
    expect(registered.flags).toBe(flags);
  });

  test("shows the person the site and the account", async () => {
    const authenticator = createTestAuthenticator();
    await register(authenticator);
    expect(authenticator.prompts).toEqual([
      {
        operation: "make-credential",
        rpId: RP_ID,
        rpName: "Latchkey",
        userName: "ada",
        userDisplayName: "Ada",
        excluded: null,
        verification: true,
      },
    ]);
  });

  test("takes the supported algorithm in the relying party's order, skipping unknown types", async () => {
    const authenticator = createTestAuthenticator();
    const entries = [
      map(["alg", -8], ["type", "password"]),
      map(["alg", -257], ["type", "public-key"]),
      map(["alg", -35], ["type", "public-key"]),
      ES256_ENTRY,
    ];
    const registered = await register(authenticator, { 4: entries });
    expect(registered.publicKey.get(3)).toBe(-35);
  });

  test.for([
    { name: "none listed", entries: [] },
    { name: "another algorithm", entries: [map(["alg", -257], ["type", "public-key"])] },
    { name: "another type", entries: [map(["alg", -7], ["type", "password"])] },
  ])("refuses when no algorithm fits, without asking: $name", async ({ entries }) => {
    const authenticator = createTestAuthenticator();
    const answer = await authenticator.send(0x01, makeCredentialMap({ 4: entries }));
    expect(answer.status).toBe(0x26);
    expect(authenticator.prompts).toEqual([]);
  });

  describe("excludeList", () => {
    test("refuses a passkey that is here, after the person's presence", async () => {
      const authenticator = createTestAuthenticator();
      const { id } = await register(authenticator, { 7: map(["rk", false]) });
      const list = [descriptor(new Uint8Array(32)), descriptor(id)];
      const answer = await authenticator.send(0x01, makeCredentialMap({ 5: list }));
      expect(answer.status).toBe(0x19);
      expect(authenticator.prompts).toHaveLength(2);
      expect(authenticator.prompts[1]).toMatchObject({ excluded: { id } });
      expect(await stored(authenticator)).toHaveLength(1);
    });

    test("says nothing about what is here to a person who refuses", async () => {
      const authenticator = createTestAuthenticator();
      const { id } = await register(authenticator);
      authenticator.person = async () => {
        throw new VaultError("LK-AUTH-DENIED", "no");
      };
      const answer = await authenticator.send(0x01, makeCredentialMap({ 5: [descriptor(id)] }));
      expect(answer.status).toBe(0x27);
    });

    test.for([
      { name: "another site's passkey", changes: { 2: map(["id", "other.example"]) } },
      { name: "an unknown descriptor type", type: "password" },
      { name: "a part of the id", part: 31 },
    ])("does not count $name", async ({ changes = {}, type, part }) => {
      const authenticator = createTestAuthenticator();
      const { id } = await register(authenticator);
      const list = [descriptor(id.slice(0, part), type)];
      const answer = await authenticator.send(0x01, makeCredentialMap({ ...changes, 5: list }));
      expect(answer.status).toBe(0);
    });
  });

  describe("the same account again", () => {
    const rk = (value: boolean) => ({ 7: map(["rk", value], ["uv", true]) });

    test("replaces the discoverable passkey", async () => {
      const authenticator = createTestAuthenticator();
      await register(authenticator);
      const second = await register(authenticator);
      expect((await stored(authenticator)).map(({ id }) => id)).toEqual([second.id]);
    });

    test.for([
      { name: "one that is not discoverable is not replaced", older: rk(false), newer: rk(true) },
      { name: "one that is not discoverable replaces nothing", older: rk(true), newer: rk(false) },
      {
        name: "another user id is another account",
        older: rk(true),
        newer: { 3: map(["id", Uint8Array.of(9)], ["name", "ada"]) },
      },
      {
        name: "another site is another account",
        older: rk(true),
        newer: { 2: map(["id", "other.example"]) },
      },
    ])("keeps both: $name", async ({ older, newer }) => {
      const authenticator = createTestAuthenticator();
      const first = await register(authenticator, older);
      await register(authenticator, newer);
      expect((await stored(authenticator)).map(({ id }) => id)).toContainEqual(first.id);
    });
  });

  test.for<{ code: ErrorCode; status: number }>([
    { code: "LK-AUTH-DENIED", status: 0x27 },
    { code: "LK-AUTH-TIMEOUT", status: 0x2f },
    { code: "LK-AUTH-CANCELLED", status: 0x2d },
    { code: "LK-KEY-PASSPHRASE-WRONG", status: 0x27 },
    { code: "LK-KEY-WAIT", status: 0x3c },
    { code: "LK-VAULT-LOCKED", status: 0x27 },
  ])("answers $status when the person's answer is $code, and makes nothing", async ({ code, status }) => {
    const authenticator = createTestAuthenticator();
    authenticator.person = async () => {
      throw new VaultError(code, "test");
    };
    const answer = await authenticator.send(0x01, makeCredentialMap());
    expect(answer.bytes).toEqual(Uint8Array.of(status));
    expect(await stored(authenticator)).toEqual([]);
    expect(authenticator.faults).toEqual([]);
  });

  test.for<{ code: ErrorCode; status: number; faults: number }>([
    { code: "LK-VAULT-LIMIT", status: 0x28, faults: 0 },
    { code: "LK-VAULT-DISK-FULL", status: 0x28, faults: 0 },
    { code: "LK-VAULT-DAMAGED", status: 0x7f, faults: 1 },
    { code: "LK-CBOR-INVALID", status: 0x7f, faults: 1 },
  ])("answers $status when the store says $code", async ({ code, status, faults }) => {
    const { host } = createTestAuthenticator();
    const create = async () => {
      throw new VaultError(code, "test");
    };
    const authenticator = createTestAuthenticator({ overrides: { store: { ...host.store, create } } });
    const answer = await authenticator.send(0x01, makeCredentialMap());
    expect(answer.bytes).toEqual(Uint8Array.of(status));
    expect(authenticator.faults).toHaveLength(faults);
  });

  test("takes the passkey back, and brings back what it replaced, when the client cancels meanwhile", async () => {
    const { host } = createTestAuthenticator();
    const cancellation = createCancellation();
    const authenticator = createTestAuthenticator({
      overrides: {
        store: {
          ...host.store,
          create: async (credential, proof) => {
            await host.store.create(credential, proof);
            if (credential.source.createdAt > 1_000_000) cancellation.cancel();
          },
        },
      },
    });
    const first = await register(authenticator);
    const answer = await authenticator.send(0x01, makeCredentialMap(), cancellation);
    expect(answer.status).toBe(0x2d);
    expect((await stored(authenticator)).map(({ id }) => id)).toEqual([first.id]);
  });

  test.for([true, false])("replaces nothing of another account, discoverable: %s", async (discoverable) => {
    const { host } = createTestAuthenticator();
    const replaced: unknown[] = [];
    const authenticator = createTestAuthenticator({
      overrides: {
        store: { ...host.store, create: async ({ replaces }) => void replaced.push(replaces) },
      },
    });
    await authenticator.send(0x01, makeCredentialMap({ 7: map(["rk", discoverable]) }));
    expect(replaced).toEqual([[]]);
  });

  test("wipes the private key when the store has it, and when it refused it", async () => {
    const { host } = createTestAuthenticator();
    const seen: Uint8Array[] = [];
    for (const refuses of [false, true]) {
      const authenticator = createTestAuthenticator({
        overrides: {
          store: {
            ...host.store,
            create: async ({ privateKey }) => {
              expect(privateKey.some((byte) => byte !== 0)).toBe(true);
              seen.push(privateKey);
              if (refuses) throw new VaultError("LK-VAULT-LIMIT", "test");
            },
          },
        },
      });
      await authenticator.send(0x01, makeCredentialMap());
    }
    expect(seen).toHaveLength(2);
    expect(seen.every((key) => key.every((byte) => byte === 0))).toBe(true);
  });

  test("passes the client's cancellation to the verifier", async () => {
    const authenticator = createTestAuthenticator();
    const cancellation = cancelled();
    authenticator.person = async (prompt, given) => {
      expect(given).toBe(cancellation);
      return approve(prompt, given);
    };
    expect((await authenticator.send(0x01, makeCredentialMap(), cancellation)).status).toBe(0x2d);
  });
});
