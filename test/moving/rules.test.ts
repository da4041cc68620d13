/** The rules of an import, one test a rule: a good passkey spoiled in one place. And the quirks of files that other programs write. */
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { passkeyId } from "@latchkey/core/vault/schema";
import { decodeLooseBase64 } from "@latchkey/core/exchange/json-file";
import { describe, expect, test } from "vitest";
import { examineJson, type ExamineOptions } from "./examine-file.ts";

const b64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");
const pkcs8 = (key: KeyObject): Buffer => key.export({ type: "pkcs8", format: "der" });
const ec = (namedCurve = "prime256v1"): KeyObject => generateKeyPairSync("ec", { namedCurve }).privateKey;
const KEY = ec();

const PASSKEY = {
  type: "passkey",
  credentialId: b64(Buffer.alloc(16, 1)),
  rpId: "example.org",
  username: "ana",
  userDisplayName: "Ana",
  userHandle: b64(Buffer.alloc(16, 2)),
  key: b64(pkcs8(KEY)),
};
const ITEM = { id: "aXRlbQ", title: "Example", creationAt: 1_795_300_000 };
const account = (...passkeys: object[]) => ({
  id: "YQ",
  username: "",
  email: "",
  collections: [],
  items: passkeys.map((passkey) => ({ ...ITEM, credentials: [passkey] })),
});
const one = async (passkey: object, item: object = {}, options: ExamineOptions = {}) => {
  const file = account();
  const { examined } = await examineJson(
    { ...file, items: [{ ...ITEM, ...item, credentials: [{ ...PASSKEY, ...passkey }] }] },
    options,
  );
  return { ...examined[0]!.row, item: examined[0]!.item };
};
const login = (credential: object, item: object = {}) => ({
  encrypted: false,
  folders: [{ id: "f", name: "Work" }],
  items: [{ type: 1, name: "Example", folderId: "f", login: { fido2Credentials: [credential] }, ...item }],
});
const CREDENTIAL = {
  credentialId: "a2e10494-af23-400c-8146-23234e1830ed",
  keyType: "public-key",
  keyAlgorithm: "ECDSA",
  keyCurve: "P-256",
  keyValue: b64(pkcs8(KEY)),
  rpId: "example.org",
  userHandle: "AQ",
  userName: "ana",
  counter: "0",
  rpName: "Example",
  userDisplayName: "Ana",
  discoverable: "true",
  creationDate: "2026-11-20T10:00:00.000Z",
};
const bitwarden = async (credential: object = {}, item: object = {}, options: ExamineOptions = {}) => {
  const { examined } = await examineJson(login({ ...CREDENTIAL, ...credential }, item), options);
  return { ...examined[0]!.row, item: examined[0]!.item };
};

describe("a passkey cannot come in", () => {
  test.each([
    ["field-missing", { key: undefined }],
    ["field-missing", { rpId: 7 }],
    ["field-missing", { credentialId: null }],
    ["credential-id-invalid", { credentialId: "" }],
    ["credential-id-invalid", { credentialId: b64(Buffer.alloc(1024)) }],
    ["rp-id-invalid", { rpId: "" }],
    ["rp-id-invalid", { rpId: "https://example.org" }],
    ["rp-id-invalid", { rpId: "example.org:443" }],
    ["rp-id-invalid", { rpId: "example.org/path" }],
    ["rp-id-invalid", { rpId: "a".repeat(254) }],
    ["user-handle-too-long", { userHandle: b64(Buffer.alloc(65)) }],
    ["key-unreadable", { key: b64(Buffer.from("not a key")) }],
    ["key-unreadable", { key: b64(Buffer.concat([pkcs8(KEY), Buffer.alloc(1)])) }],
    ["algorithm-unsupported", { key: b64(pkcs8(ec("secp256k1"))) }],
    ["algorithm-unsupported", { key: b64(pkcs8(ec("secp521r1"))) }],
    ["algorithm-unsupported", { key: b64(pkcs8(generateKeyPairSync("ed448").privateKey)) }],
    [
      "algorithm-unsupported",
      { key: b64(pkcs8(generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey)) },
    ],
  ])("%s: %j", async (reason, spoiled) => {
    expect(await one(spoiled)).toMatchObject({ outcome: "cannot", reasons: [reason], item: null });
  });

  test("whose key carries another's public half", async () => {
    const own = pkcs8(KEY);
    const other = pkcs8(ec());
    const mixed = Buffer.concat([own.subarray(0, own.length - 64), other.subarray(other.length - 64)]);
    expect(await one({ key: b64(mixed) })).toMatchObject({ reasons: ["key-inconsistent"] });
  });

  test("whose key is zero, or not below the order of its curve", async () => {
    for (const byte of [0x00, 0xff]) {
      const spoiled = Buffer.from(pkcs8(KEY));
      spoiled.fill(byte, 36, 68);
      expect(await one({ key: b64(spoiled) })).toMatchObject({ reasons: ["key-unreadable"] });
    }
  });

  test("that has copies and may have none", async () => {
    const extension = {
      name: "latchkey",
      version: 1,
      passkeys: [{ credentialId: PASSKEY.credentialId, backupEligible: false, backupState: true }],
    };
    expect(await one({}, { extensions: [extension] })).toMatchObject({ reasons: ["flags-invalid"] });
  });

  test("with an id that is neither UUID nor b64. in a Bitwarden file", async () => {
    expect(await bitwarden({ credentialId: "something" })).toMatchObject({
      reasons: ["credential-id-invalid"],
    });
  });
});

describe("a key", () => {
  test.each([
    ["without its public half", 67],
    ["of Ed25519 with its public half", 83],
  ])("%s loads", async (_, length) => {
    const ed = generateKeyPairSync("ed25519");
    const bare = Buffer.concat([
      Buffer.from("3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420", "hex"),
      pkcs8(KEY).subarray(36, 68),
    ]);
    const full = Buffer.concat([
      Buffer.from("3051020101300506032b6570042204 20".replace(" ", ""), "hex"),
      pkcs8(ed.privateKey).subarray(16),
      Buffer.from("812100", "hex"),
      ed.publicKey.export({ type: "spki", format: "der" }).subarray(12),
    ]);
    const key = length === 67 ? bare : full;
    expect(key.length).toBe(length);
    expect(await one({ key: b64(key) })).toMatchObject({ outcome: "new", reasons: [] });
  });

  test("of ES384 is known by itself, whatever the file calls it", async () => {
    const { algorithm, reasons } = await bitwarden({ keyValue: b64(pkcs8(ec("secp384r1"))) });
    expect({ algorithm, reasons }).toEqual({ algorithm: -35, reasons: ["source-label-wrong"] });
  });

  test("comes out with the public half, as every other program reads it", async () => {
    const { item } = await one({});
    expect(Buffer.from(item!.privateKey)).toEqual(pkcs8(KEY));
  });
});

describe("what is taken to be so, and said", () => {
  test.each([
    ["no-user-handle", { userHandle: undefined }],
    ["no-user-handle", { userHandle: "" }],
    ["unknown-members-kept", { newMember: { deep: [1, "two"] } }],
    ["unknown-members-kept", { fido2Extensions: { other: 1 } }],
    ["text-shortened", { username: "x".repeat(600) }],
    ["members-too-large", { newMember: "x".repeat(20_000) }],
    [
      "prf-single-seed",
      { fido2Extensions: { hmacSecret: { algorithm: "HS256", secret: b64(Buffer.alloc(32, 1)) } } },
    ],
    ["prf-length-unusual", { fido2Extensions: { hmacCredentials: seeds("hmac-sha256", 20) } }],
    ["prf-algorithm-unknown", { fido2Extensions: { hmacCredentials: seeds("hmac-sha512", 32) } }],
    ["cred-blob-unusual", { fido2Extensions: { credBlob: b64(Buffer.alloc(300)) } }],
    [
      "large-blob-uncompressed",
      { fido2Extensions: { largeBlob: { uncompressedSize: 5, data: b64(Buffer.from("hello")) } } },
    ],
    [
      "large-blob-unreadable",
      {
        fido2Extensions: {
          largeBlob: { uncompressedSize: 4, data: b64(deflateRawSync(Buffer.from("hello"))) },
        },
      },
    ],
  ])("%s", async (reason, member) => {
    const { outcome, reasons, item } = await one(member);
    expect(outcome).toBe("new");
    expect(reasons).toContain(reason);
    expect(item).not.toBeNull();
  });

  function seeds(algorithm: string, length: number) {
    return {
      algorithm,
      credWithUV: b64(Buffer.alloc(length, 3)),
      credWithoutUV: b64(Buffer.alloc(length, 4)),
    };
  }

  test.each([
    ["a date of 1601", { creationAt: -11_644_473_600 }],
    ["zero", { creationAt: 0 }],
    ["a date in thirty years", { creationAt: 2_735_237_468 }],
    ["text", { creationAt: "yesterday" }],
  ])("timestamp-implausible: %s", async (_, item) => {
    const row = await one({}, item);
    expect(row).toMatchObject({ outcome: "new", reasons: ["timestamp-implausible"] });
    expect(row.item!.provenance.undated).toBe(true);
  });

  test("a counter that is none, and one above 0", async () => {
    expect(await bitwarden({ counter: "many" })).toMatchObject({ reasons: ["counter-unreadable"] });
    expect(await bitwarden({ counter: -1 })).toMatchObject({ reasons: ["counter-unreadable"] });
    expect(await bitwarden({ counter: 7 })).toMatchObject({ reasons: ["counter-nonzero"] });
  });

  test("BE and BS as the person says, where the file says nothing", async () => {
    const { item, assumed } = await one({}, {}, { assumeUnbacked: true });
    expect(item).toMatchObject({ backupEligible: false, backedUp: false });
    expect(assumed).toEqual(["be", "bs", "discoverable"]);
  });
});

describe("against the vault", () => {
  const known = {
    rpId: "example.org",
    publicKey: new Uint8Array(0),
    backupEligible: true,
    backedUp: true,
    discoverable: true,
    userName: "ana",
    userDisplayName: "Ana",
    isDeleted: false,
  };
  const against = async (passkey: Partial<typeof known>, member: object = {}) => {
    const { publicKey } = (await one({})).item!;
    const id = passkeyId(decodeLooseBase64(PASSKEY.credentialId)!);
    return one(member, {}, { find: (each) => (each === id ? { ...known, publicKey, ...passkey } : null) });
  };

  test("the same passkey is already here, or differs in what the file says", async () => {
    expect(await against({})).toMatchObject({ outcome: "already-here", reasons: [] });
    expect(await against({ userName: "Ana B." })).toMatchObject({
      outcome: "differs",
      reasons: ["names-differ"],
    });
    // The file says nothing of flags: what was assumed cannot differ.
    expect(await against({ backedUp: false })).toMatchObject({ outcome: "already-here" });
  });

  test("another key or another site under the same id cannot come in", async () => {
    expect(await against({ publicKey: new Uint8Array(77) })).toMatchObject({ reasons: ["key-mismatch"] });
    expect(await against({ rpId: "example.com" })).toMatchObject({ reasons: ["credential-id-clash"] });
  });

  test("what lies in the trash comes back; what was erased for good does not", async () => {
    expect(await against({ isDeleted: true })).toMatchObject({
      outcome: "new",
      reasons: ["back-from-trash"],
    });
    expect(await one({}, {}, { isErased: () => true })).toMatchObject({ reasons: ["erased-for-good"] });
  });

  test("another passkey of the account is said", async () => {
    expect(await one({}, {}, { hasAccount: () => true })).toMatchObject({
      outcome: "new",
      reasons: ["same-account-exists"],
    });
  });
});

test("of one id the first counts; the same again is left out, another key or site cannot come in", async () => {
  const { examined } = await examineJson(
    account(
      PASSKEY,
      PASSKEY,
      { ...PASSKEY, key: b64(pkcs8(ec())) },
      { ...PASSKEY, rpId: "example.com" },
      { ...PASSKEY, credentialId: b64(Buffer.alloc(16, 9)), key: "AAAA" },
    ),
  );
  expect(examined.map(({ row }) => [row.outcome, row.reasons])).toEqual([
    ["new", []],
    ["skipped", ["duplicate-in-file"]],
    ["cannot", ["key-mismatch"]],
    ["cannot", ["credential-id-clash"]],
    ["cannot", ["key-unreadable"]],
  ]);
});

test("what was in the trash there, or is not chosen, is left out", async () => {
  const deletedDate = "2026-01-01T00:00:00.000Z";
  expect(await bitwarden({}, { deletedDate })).toMatchObject({
    outcome: "skipped",
    reasons: ["source-trash"],
  });
  expect(await bitwarden({}, { deletedDate }, { withTrash: true })).toMatchObject({ outcome: "new" });
  expect(await one({}, {}, { sites: ["other.example"] })).toMatchObject({ reasons: ["not-selected"] });
});

describe("files as others write them", () => {
  test("drafts of CXF, with CamelCase types, padding and the standard alphabet", async () => {
    const passkey = {
      ...PASSKEY,
      type: "Passkey",
      credentialId: Buffer.alloc(16, 0xfb).toString("base64"),
      userHandle: `${PASSKEY.userHandle}==`,
    };
    const { reading, examined } = await examineJson({
      ...account(passkey),
      items: [{ ...ITEM, credentials: [{ type: "BasicAuth" }, passkey] }],
    });
    expect(reading.format).toBe("cxf-account");
    expect(reading.others).toEqual({ "basic-auth": 1 });
    expect(Buffer.from(examined[0]!.item!.credentialId)).toEqual(Buffer.alloc(16, 0xfb));
  });

  test("a large blob of a draft: size and algorithm beside deflated data", async () => {
    const data = b64(deflateRawSync(Buffer.from("hello")));
    const { item, reasons } = await one({
      fido2Extensions: { largeBlob: { size: 5, alg: "deflate", data } },
    });
    expect(reasons).toEqual([]);
    expect(inflateRawSync(item!.largeBlob!.blob).toString()).toBe("hello");
  });

  test("folders and collections become tags", async () => {
    const { item } = await bitwarden();
    expect(item!.registers.get("tag/Work")).toBe(true);
    const { examined } = await examineJson({
      ...account(PASSKEY),
      collections: [
        {
          id: "c",
          title: "Top",
          items: [],
          subCollections: [{ title: "Below", items: [{ item: ITEM.id }] }],
        },
      ],
    });
    expect(examined[0]!.item!.registers.get("tag/Below")).toBe(true);
  });

  test("Chromium's virtual authenticator, with its counter and its plain blob", async () => {
    const { reading, examined } = await examineJson({
      credentials: [
        {
          credentialId: Buffer.alloc(16, 5).toString("base64"),
          isResidentCredential: true,
          rpId: "example.org",
          privateKey: pkcs8(KEY).toString("base64"),
          userHandle: Buffer.from("u").toString("base64"),
          signCount: 3,
          largeBlob: Buffer.from("hello").toString("base64"),
          backupEligibility: true,
          backupState: false,
        },
      ],
    });
    const [{ row, item } = { row: null, item: null }] = examined;
    expect(reading.format).toBe("chromium-virtual-authenticator");
    expect(row).toMatchObject({ outcome: "new", reasons: ["counter-nonzero"] });
    expect(item).toMatchObject({ backupEligible: true, backedUp: false, discoverable: true });
    expect(inflateRawSync(item!.largeBlob!.blob).toString()).toBe("hello");
  });

  test("a PEM on one line, with CRLF or LF; other blocks are named", async () => {
    const body = pkcs8(KEY).toString("base64");
    const file = (privateKey: string) => ({
      relyingParty: "example.org",
      url: "https://example.org",
      username: "ana",
      credentialId: "AQID",
      userHandle: "AQ",
      privateKey,
    });
    for (const gap of ["\n", "\r\n"]) {
      const { examined } = await examineJson(
        file(`-----BEGIN PRIVATE KEY-----${gap}${body}${gap}-----END PRIVATE KEY-----${gap}`),
      );
      expect(examined[0]!.row.outcome).toBe("new");
    }
    const { examined } = await examineJson(
      file(`-----BEGIN EC PRIVATE KEY-----\n${body}\n-----END EC PRIVATE KEY-----\n`),
    );
    expect(examined[0]!.row.reasons).toEqual(["key-unreadable"]);
  });
});

test("a seed of an unusual length gives the same outputs as before", async () => {
  const { createHmac } = await import("node:crypto");
  for (const length of [20, 100]) {
    const seed = Buffer.alloc(length, 7);
    const { item } = await one({
      fido2Extensions: {
        hmacCredentials: { algorithm: "hmac-sha256", credWithUV: b64(seed), credWithoutUV: b64(seed) },
      },
    });
    const hmac = (key: Uint8Array): string => createHmac("sha256", key).update("salt").digest("hex");
    expect(hmac(item!.prfSeeds!.subarray(0, 32))).toBe(hmac(seed));
    expect(item!.provenance.prf!.withUv).toBe(b64(seed));
  }
});
