/** Passkeys that were made elsewhere: what is taken in, what is left as it is, what is refused. */
import { generateKeyPairSync } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { NEVER_CANCELLED } from "../../src/authenticator/cancellation.ts";
import { type ForeignCredential, importCredential } from "../../src/authenticator/import-credential.ts";
import { VaultError } from "../../src/errors.ts";
import {
  cancelled,
  createTestAuthenticator,
  descriptor,
  flagsOf,
  getAssertionMap,
  idOf,
  map,
  register,
  RP_ID,
  stored,
  type TestAuthenticator,
} from "./support.ts";

let authenticator: TestAuthenticator;
beforeEach(() => {
  authenticator = createTestAuthenticator();
});

const makeKey = (type: "ec" | "ed25519", namedCurve = "P-256") =>
  new Uint8Array(
    (type === "ec"
      ? generateKeyPairSync("ec", { namedCurve })
      : generateKeyPairSync("ed25519")
    ).privateKey.export({ format: "der", type: "pkcs8" }),
  );
const foreign = (changes: Partial<ForeignCredential> = {}): ForeignCredential => ({
  id: Uint8Array.of(1, 2, 3),
  rpId: RP_ID,
  userHandle: Uint8Array.of(9),
  userName: "ada",
  userDisplayName: "Ada",
  discoverable: true,
  backupEligible: true,
  backedUp: true,
  privateKey: makeKey("ec"),
  ...changes,
});
const take = (credential: ForeignCredential, cancellation = NEVER_CANCELLED) =>
  importCredential(authenticator.host, credential, cancellation);

describe("an imported passkey", () => {
  test.for([
    { name: "ES256", key: () => makeKey("ec"), algorithm: -7 },
    { name: "ES384", key: () => makeKey("ec", "P-384"), algorithm: -35 },
    { name: "EdDSA", key: () => makeKey("ed25519"), algorithm: -8 },
  ])("is of the algorithm of its key: $name", async ({ key, algorithm }) => {
    expect(await take(foreign({ privateKey: key() }))).toMatchObject({ algorithm, rpId: RP_ID });
  });

  test("signs in as the account that it is, after the person was asked to take it in", async () => {
    await take(foreign());
    expect(authenticator.prompts).toMatchObject([
      { operation: "make-credential", rpId: RP_ID, userName: "ada", verification: true },
    ]);
    const answer = await authenticator.send(0x02, getAssertionMap());
    expect(answer.status).toBe(0);
    expect(idOf(answer)).toEqual(Uint8Array.of(1, 2, 3));
    expect(answer.map.get(4)).toEqual(map(["id", Uint8Array.of(9)]));
  });

  test.for([
    { backupEligible: true, backedUp: true, flags: 0x1d },
    { backupEligible: true, backedUp: false, flags: 0x0d },
    { backupEligible: false, backedUp: false, flags: 0x05 },
    { backupEligible: false, backedUp: true, flags: 0x05 },
  ])("keeps its backup flags: $backupEligible, $backedUp", async ({ flags, ...backup }) => {
    await take(foreign(backup));
    expect(flagsOf(await authenticator.send(0x02, getAssertionMap()))).toBe(flags);
  });

  test("that is not discoverable is found by its id only", async () => {
    const { id } = foreign();
    await take(foreign({ discoverable: false, userHandle: new Uint8Array() }));
    expect((await authenticator.send(0x02, getAssertionMap())).status).toBe(0x2e);
    expect((await authenticator.send(0x02, getAssertionMap({ 3: [descriptor(id)] }))).status).toBe(0);
  });

  test("has no PRF, for its seeds did not come along", async () => {
    await take(foreign());
    const prf = map(["eval", map(["first", new Uint8Array(32)])]);
    const answer = await authenticator.send(0x02, getAssertionMap({ 4: map(["prf", prf]) }));
    expect(answer.status).toBe(0);
    expect(answer.map.has(8)).toBe(false);
  });

  test("replaces none of the same account, and not itself", async () => {
    await register(authenticator, {
      3: map(["id", Uint8Array.of(9)], ["name", "ada"], ["displayName", "Ada"]),
    });
    await take(foreign());
    expect(await take(foreign())).toBeNull();
    expect(await stored(authenticator)).toHaveLength(2);
  });

  test("leaves no copy of its key with the caller", async () => {
    const { privateKey, ...rest } = foreign();
    await take({ ...rest, privateKey });
    expect(privateKey.every((byte) => byte === 0)).toBe(true);
  });
});

describe("is refused, and nothing stored:", () => {
  test.for([
    { why: "a key that is none", changes: { privateKey: Uint8Array.of(1) }, code: "LK-KEY-SECRET-REFUSED" },
    {
      why: "a key of another curve",
      changes: { privateKey: makeKey("ec", "P-521") },
      code: "LK-KEY-SECRET-REFUSED",
    },
    { why: "an empty id", changes: { id: new Uint8Array() }, code: "LK-VAULT-LIMIT" },
    { why: "an id that is too long", changes: { id: new Uint8Array(1024) }, code: "LK-VAULT-LIMIT" },
    {
      why: "a user handle that is too long",
      changes: { userHandle: new Uint8Array(65) },
      code: "LK-VAULT-LIMIT",
    },
    { why: "no account", changes: { userHandle: new Uint8Array() }, code: "LK-VAULT-LIMIT" },
    { why: "no site", changes: { rpId: "" }, code: "LK-VAULT-LIMIT" },
  ])("$why", async ({ changes, code }) => {
    await expect(take(foreign(changes))).rejects.toMatchObject({ code });
    expect(authenticator.prompts).toEqual([]);
    expect(await stored(authenticator)).toEqual([]);
  });

  test("one that the person does not want", async () => {
    authenticator.person = async () => {
      throw new VaultError("LK-AUTH-DENIED", "no");
    };
    const credential = foreign();
    await expect(take(credential, cancelled())).rejects.toMatchObject({ code: "LK-AUTH-DENIED" });
    expect(await stored(authenticator)).toEqual([]);
    expect(credential.privateKey.every((byte) => byte === 0)).toBe(true);
  });
});

test("an imported passkey may be as long as WebAuthn allows, and replaces nothing", async () => {
  const created: unknown[] = [];
  const { create } = authenticator.host.store;
  const store = {
    ...authenticator.host.store,
    create: ((credential, proof) => {
      created.push(credential.replaces);
      return create(credential, proof);
    }) satisfies typeof create,
  };
  const longest = foreign({
    id: new Uint8Array(1023),
    userHandle: new Uint8Array(64),
    rpId: `${"a".repeat(245)}.example`,
  });
  const taken = await importCredential({ ...authenticator.host, store }, longest, NEVER_CANCELLED);
  expect(taken?.id).toHaveLength(1023);
  expect(created).toEqual([[]]);
});

test("a fault of the host while a key is read is not taken for a wrong key", async () => {
  const fault = new Error("bug");
  const crypto = {
    ...authenticator.host.crypto,
    importKey: () => {
      throw fault;
    },
  };
  const taking = importCredential({ ...authenticator.host, crypto }, foreign(), NEVER_CANCELLED);
  await expect(taking).rejects.toBe(fault);
});
