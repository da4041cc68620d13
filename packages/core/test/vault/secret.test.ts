/** Sealed secrets: they open in their own record, under their own key, and nowhere else. */
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createPortableCredentialCrypto } from "../../src/crypto/credential-key.ts";
import type { CredentialRecord, CredentialSource } from "../../src/vault/credential-record.ts";
import {
  openCredBlob,
  openPrfSeeds,
  openPrivateKey,
  openSigningKey,
  sealCredBlob,
  sealPrfSeeds,
  sealPrivateKey,
} from "../../src/vault/credential-secret.ts";
import { openLargeBlob, sealLargeBlob } from "../../src/vault/large-blob.ts";
import { MAX_SEALED_LARGE_BLOB_BYTES } from "../../src/vault/schema.ts";
import { bytesOf, recordOf } from "./samples.ts";

let drawn = 0;
const random = (length: number) => {
  const bytes = [];
  for (let i = 0; i < length; i += 32) bytes.push(...createHash("sha256").update(`${drawn++}`).digest());
  return Uint8Array.from(bytes.slice(0, length));
};
const crypto = createPortableCredentialCrypto(random);
const secretKey = bytesOf(50, 32);
const refused = expect.objectContaining({ code: "LK-KEY-SECRET-REFUSED" }) as Error;

async function makeRecord(seed: number): Promise<CredentialRecord> {
  const { privateKey, publicKey } = await crypto.makeKeyPair(-7);
  const source: CredentialSource = { ...recordOf(seed), publicKey };
  return {
    ...source,
    sealedPrivateKey: sealPrivateKey(secretKey, source, privateKey, random),
    sealedPrfSeeds: sealPrfSeeds(secretKey, source, bytesOf(9, 64), random),
    sealedCredBlob: sealCredBlob(secretKey, source, bytesOf(11, 32), random),
  };
}

const record = await makeRecord(7);
const other = await makeRecord(8);

test("a private key opens and signs for its public key", () => {
  const key = openSigningKey(secretKey, record, crypto);
  expect(key.publicKey).toEqual(record.publicKey);
  expect(key.sign(bytesOf(1, 8)).length).toBeGreaterThan(60);
});

test("a credBlob comes back, or null when there is none", () => {
  expect(openCredBlob(secretKey, record)).toEqual(bytesOf(11, 32));
  expect(openCredBlob(secretKey, { ...record, sealedCredBlob: null })).toBeNull();
});

test("a large blob comes back, and opens for its own passkey alone", () => {
  const blob = { blob: bytesOf(12, 16 * 1024), originalSize: 65_536 };
  const sealed = sealLargeBlob(secretKey, record, blob, random);
  expect(sealed.length).toBeLessThanOrEqual(MAX_SEALED_LARGE_BLOB_BYTES);
  expect(openLargeBlob(secretKey, record, sealed)).toEqual(blob);
  expect(() => openLargeBlob(secretKey, other, sealed)).toThrow(refused);
  expect(() => openLargeBlob(secretKey, record, record.sealedCredBlob as Uint8Array)).toThrow(refused);
});

test("PRF seeds come back, or null when there are none", () => {
  expect(openPrfSeeds(secretKey, record)).toEqual(bytesOf(9, 64));
  expect(openPrfSeeds(secretKey, { ...record, sealedPrfSeeds: null })).toBeNull();
});

describe("a secret does not open", () => {
  test.for<[what: string, spoiled: Partial<CredentialRecord>]>([
    ["under another credential id", { credentialId: other.credentialId }],
    ["for another site", { rpId: "other.example" }],
    ["for another user", { userHandle: other.userHandle }],
    ["under another public key", { publicKey: other.publicKey }],
    ["as a key that was backed up, when it was not", { backedUp: !record.backedUp }],
    ["as a key that may be backed up, when it may not", { backupEligible: !record.backupEligible }],
    ["as discoverable, when it is not", { discoverable: !record.discoverable }],
    ["with another protection", { protection: 3 }],
    ["made at another time", { createdAt: record.createdAt + 1 }],
    [
      "with the seeds in the place of the key",
      { sealedPrivateKey: record.sealedPrfSeeds as Uint8Array, sealedPrfSeeds: record.sealedPrivateKey },
    ],
    [
      "from another record",
      { sealedPrivateKey: other.sealedPrivateKey, sealedPrfSeeds: other.sealedPrfSeeds },
    ],
    [
      "cut short",
      { sealedPrivateKey: record.sealedPrivateKey.subarray(0, 20), sealedPrfSeeds: new Uint8Array(20) },
    ],
  ])("%s", ([, spoiled]) => {
    expect(() => openPrivateKey(secretKey, { ...record, ...spoiled })).toThrow(refused);
    expect(() => openPrfSeeds(secretKey, { ...record, ...spoiled })).toThrow(refused);
    const sealedCredBlob = spoiled.sealedPrfSeeds ?? record.sealedCredBlob;
    expect(() => openCredBlob(secretKey, { ...record, ...spoiled, sealedCredBlob })).toThrow(refused);
    expect(() => openSigningKey(secretKey, { ...record, ...spoiled }, crypto)).toThrow(refused);
  });

  test("under another key", () => {
    expect(() => openPrivateKey(bytesOf(51, 32), record)).toThrow(refused);
  });

  test("for an algorithm that is not known", () => {
    expect(() => openSigningKey(secretKey, { ...record, algorithm: -257 }, crypto)).toThrow(refused);
  });

  test("when the private key is another's than the record says", () => {
    const source: CredentialSource = { ...record, publicKey: other.publicKey };
    const swapped = {
      ...record,
      ...source,
      sealedPrivateKey: sealPrivateKey(secretKey, source, openPrivateKey(secretKey, record), random),
    };
    expect(() => openSigningKey(secretKey, swapped, crypto)).toThrow(refused);
  });

  test("when it is not a private key at all, or not two seeds", () => {
    const junk = {
      ...record,
      sealedPrivateKey: sealPrivateKey(secretKey, record, bytesOf(1, 138), random),
      sealedPrfSeeds: sealPrfSeeds(secretKey, record, bytesOf(1, 32), random),
    };
    expect(() => openSigningKey(secretKey, junk, crypto)).toThrow(refused);
    expect(() => openPrfSeeds(secretKey, junk)).toThrow(refused);
  });
});
