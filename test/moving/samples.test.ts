/** Every sample file gives exactly the rows of `expected.json`, and the keys that come out sign for the public keys that stand there. */
import { createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { createNativeCredentialCrypto } from "@latchkey/desktop/credential-crypto";
import type { ImportItem } from "@latchkey/core/exchange/import-item";
import { examineFile, SAMPLES, sampleFile } from "./examine-file.ts";

interface Expected {
  readonly clock: string;
  readonly passkeys: Readonly<
    Record<
      string,
      { alg: number; credentialId: string; rpId: string; userHandle: string; publicKeySpki: string }
    >
  >;
  readonly files: Readonly<
    Record<
      string,
      {
        format: string;
        exporter: string | null;
        password?: string;
        rows: {
          at: string;
          passkey: string;
          outcome: string;
          reasons: string[];
          assumed: string[];
          fields: Record<string, unknown>;
        }[];
      }
    >
  >;
}

const expected = JSON.parse(readFileSync(new URL("expected.json", SAMPLES), "utf8")) as Expected;
const now = Date.parse(expected.clock);
const crypto = createNativeCredentialCrypto();

const base64url = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : Buffer.from(bytes).toString("base64url");

/** The fields of an item in the form of the table. */
function fieldsOf({ registers, provenance, ...item }: ImportItem): Record<string, unknown> {
  const prf = item.prfSeeds && {
    credWithUV: base64url(item.prfSeeds.subarray(0, 32)),
    credWithoutUV: base64url(item.prfSeeds.subarray(32)),
  };
  return {
    title: registers.get("title") ?? null,
    userName: registers.get("name"),
    userDisplayName: registers.get("display-name"),
    rpName: provenance.rpName ?? null,
    discoverable: item.discoverable,
    be: item.backupEligible,
    bs: item.backedUp,
    sourceCounter: provenance.counter ?? null,
    createdAt: provenance.undated ? null : new Date(item.createdAt).toISOString(),
    prf,
    credBlob: base64url(item.credBlob),
    largeBlob: item.largeBlob && base64url(inflateRawSync(item.largeBlob.blob)),
    payments: provenance.payments ?? null,
  };
}

describe.each(Object.entries(expected.files))("%s", (name, file) => {
  test("gives the rows of the table, with their fields", async () => {
    const { reading, examined } = await examineFile(sampleFile(name), { now, password: file.password });
    expect(reading.format).toBe(file.format);
    expect(reading.exporter).toBe(file.exporter);
    const rows = examined.map(({ row, item }) => ({
      at: row.at,
      alg: row.algorithm,
      outcome: row.outcome,
      reasons: row.reasons,
      assumed: row.assumed,
      credentialId: item && base64url(item.credentialId),
      rpId: item?.rpId,
      userHandle: item && base64url(item.userHandle),
      fields: item && fieldsOf(item),
    }));
    expect(rows).toEqual(
      file.rows.map(({ passkey, ...row }) => {
        const { publicKeySpki: _, ...facts } = expected.passkeys[passkey]!;
        return { ...row, ...facts };
      }),
    );
  });

  test("gives keys whose signatures the original public keys verify", async () => {
    const { examined } = await examineFile(sampleFile(name), { now, password: file.password });
    const message = Buffer.from("signed after the import");
    for (const [i, { item }] of examined.entries()) {
      const { publicKeySpki, alg } = expected.passkeys[file.rows[i]!.passkey]!;
      const key = createPublicKey({
        key: Buffer.from(publicKeySpki, "base64url"),
        format: "der",
        type: "spki",
      });
      const signature = crypto.importKey(item!.algorithm, item!.privateKey).sign(message);
      expect(verify(alg === -8 ? null : "sha256", message, key, signature)).toBe(true);
    }
  });
});
