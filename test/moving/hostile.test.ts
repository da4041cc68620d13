/** Malformed, cut, huge and hostile files: a report or one error that names the kind, in bounded time and memory. Never a crash, never a secret in a text. */
import { generateKeyPairSync } from "node:crypto";
import { deflateRawSync, gzipSync } from "node:zlib";
import { isVaultError } from "@latchkey/core/errors";
import { FORMATS } from "@latchkey/core/exchange/report";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { examineFile, examineJson, sampleFile } from "./examine-file.ts";
import { makeZip } from "./make-zip.ts";

const RUNS = process.env["SLOW"] ? 3_000 : 60;
const PASSWORD = "latchkey fixture pässword";
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const MB = 1024 * 1024;

/** The code of the one error that a file ends with, or `null` for a report. Everything else is a fault. */
async function codeOf(bytes: Uint8Array): Promise<string | null> {
  try {
    const { reading, examined } = await examineFile(bytes, { password: PASSWORD });
    expect(FORMATS).toContain(reading.format);
    for (const { row } of examined) expect(typeof row.outcome).toBe("string");
    return null;
  } catch (error) {
    if (!isVaultError(error)) throw error;
    expect(error.code).toMatch(/^LK-IMPORT-/);
    return error.code;
  }
}

const SAMPLES = [
  "cxf.json",
  "bitwarden.json",
  "bitwarden-encrypted-pbkdf2.json",
  "es256-64.passkey",
  "rs256.passkey",
];

describe("a file", () => {
  test.each<[string, Uint8Array, string]>([
    ["with nothing in it", new Uint8Array(0), "LK-IMPORT-FORMAT"],
    ["of zeros", new Uint8Array(MB), "LK-IMPORT-FORMAT"],
    ["that is JSON of something else", text('{"hello": 1}'), "LK-IMPORT-FORMAT"],
    ["that is a number", text("7"), "LK-IMPORT-FORMAT"],
    ["that is null", text("null"), "LK-IMPORT-FORMAT"],
    ["in UTF-16", Buffer.from('{"items": []}', "utf16le"), "LK-IMPORT-FORMAT"],
    ["nested 10 000 deep", text("[".repeat(10_000)), "LK-IMPORT-TOO-LARGE"],
    [
      "nested deep below a name",
      text(`{"items":${'{"a":'.repeat(70)}1${"}".repeat(70)}}`),
      "LK-IMPORT-TOO-LARGE",
    ],
    ["over 64 MiB", new Uint8Array(64 * MB + 1), "LK-IMPORT-TOO-LARGE"],
    ["of OpenPGP", text("-----BEGIN PGP MESSAGE-----\n\nabc"), "LK-IMPORT-BOUND"],
    ["bound to an account", text('{"encrypted":true,"items":[]}'), "LK-IMPORT-BOUND"],
    ["of another major version of CXF", text('{"version":{"major":2},"accounts":[]}'), "LK-IMPORT-VERSION"],
    ["of XML that declares entities", text(lol()), "LK-IMPORT-DAMAGED"],
    ["of XML that ends early", text("<KeePassFile><Root>"), "LK-IMPORT-DAMAGED"],
    ["of XML of something else", text("<html></html>"), "LK-IMPORT-FORMAT"],
    ["of 1PUX", makeZip({ "export.data": text("{}") }), "LK-IMPORT-FORMAT"],
    ["of Proton with OpenPGP", makeZip({ "Proton Pass/data.pgp": text("x") }), "LK-IMPORT-BOUND"],
    ["that is an empty zip", makeZip({}), "LK-IMPORT-FORMAT"],
  ])("%s ends with one error", async (_, bytes, code) => {
    expect(await codeOf(bytes)).toBe(code);
  });

  function lol(): string {
    return '<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;">]><KeePassFile>&b;</KeePassFile>';
  }

  test("that costs more to open than any honest one is refused before anything is derived", async () => {
    const file = JSON.parse(Buffer.from(sampleFile("bitwarden-encrypted-pbkdf2.json")).toString()) as object;
    for (const cost of [
      { kdfIterations: 2_000_000_000 },
      { kdfIterations: 1 },
      { kdfType: 1, kdfIterations: 3, kdfMemory: 1_000_000, kdfParallelism: 4 },
      { kdfType: 1, kdfIterations: 3, kdfMemory: 64, kdfParallelism: 1_000 },
      { kdfType: 9 },
    ])
      expect(await codeOf(text(JSON.stringify({ ...file, ...cost })))).toBe("LK-IMPORT-KDF");
  });

  test("that would unpack to far more is refused with what it says itself", async () => {
    const bomb = deflateRawSync(new Uint8Array(200 * MB));
    expect(bomb.length).toBeLessThan(MB);
    const before = process.memoryUsage().rss;
    // One that tells its size, and one that lies about it.
    expect(await codeOf(makeZip({ "data.json": bomb }, { size: 200 * MB }))).toBe("LK-IMPORT-TOO-LARGE");
    expect(await codeOf(makeZip({ "data.json": bomb }, { size: 1_000 }))).toBe("LK-IMPORT-DAMAGED");
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * MB);
    expect(gzipSync(bomb).length).toBeLessThan(MB);
  });

  test("with 100 001 items is too large; with one text of 60 MiB it is read", async () => {
    const items = Array.from({ length: 100_001 }, () => ({}));
    expect(await codeOf(text(JSON.stringify({ encrypted: false, items })))).toBe("LK-IMPORT-TOO-LARGE");
    const long = text(JSON.stringify({ encrypted: false, items: [{ name: "x".repeat(60 * MB) }] }));
    expect(await codeOf(long)).toBeNull();
  });
});

describe("a passkey", () => {
  const passkey = {
    type: "passkey",
    credentialId: "AQID",
    rpId: "example.org",
    username: "ana",
    userDisplayName: "Ana",
    userHandle: "AQ",
    key: generateKeyPairSync("ed25519")
      .privateKey.export({ type: "pkcs8", format: "der" })
      .toString("base64url"),
  };
  const examineOne = async (member: string) => {
    const file = `{"items":[{"title":"t","credentials":[${JSON.stringify(passkey).slice(0, -1)},${member}}]}]}`;
    return (await examineFile(text(file))).examined[0]!;
  };

  test("whose large blob would unpack to 16 MiB comes in without it", async () => {
    const data = deflateRawSync(new Uint8Array(16 * MB));
    for (const size of [16 * MB, 65_536, 5]) {
      const { row, item } = await examineOne(
        `"fido2Extensions":{"largeBlob":{"uncompressedSize":${size},"data":"${data.toString("base64url")}"}}`,
      );
      expect(row.reasons).toContain("large-blob-unreadable");
      expect(item!.largeBlob).toBeNull();
    }
  });

  test.each(["__proto__", "constructor", "toString", "hasOwnProperty"])(
    "with a member %s changes nothing but itself",
    async (name) => {
      const { row, item } = await examineOne(`"${name}":{"polluted":true}`);
      expect(row.reasons).toEqual(["unknown-members-kept"]);
      expect(Object.keys(item!.provenance.unknown!)).toEqual([name]);
      expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    },
  );

  test("with a member twice is read once", async () => {
    const { row } = await examineOne('"rpId":"example.com"');
    expect(row).toMatchObject({ rpId: "example.com", outcome: "new" });
  });

  test("with a lone surrogate in a name is shown without it, and kept", async () => {
    const { row, item } = await examineOne('"username":"a\\ud800b"');
    expect(row.reasons).toContain("text-shortened");
    expect(item!.registers.get("name")).toBe("a\ufffdb");
  });
});

describe("whatever is done to a sample", () => {
  test("a cut or changed byte ends with a report or one error", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...SAMPLES),
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        fc.integer({ min: 0, max: 255 }),
        fc.boolean(),
        async (name, place, byte, isCut) => {
          const bytes = sampleFile(name);
          const at = Math.floor(place * bytes.length);
          if (!isCut) bytes[at] = byte;
          await codeOf(isCut ? bytes.subarray(0, at) : bytes);
        },
      ),
      { numRuns: RUNS },
    );
  });

  test("any JSON under any of the known beginnings ends with a report or one error", async () => {
    const beginnings = [
      { version: { major: 1 }, accounts: [] },
      { encrypted: false, items: [] },
      { encrypted: true, passwordProtected: true, salt: "x", kdfType: 0, kdfIterations: 5_000 },
      { relyingParty: "a", privateKey: "b" },
      { credentials: [{ credentialId: "", isResidentCredential: true, privateKey: "" }] },
      { items: [{ credentials: [{ type: "passkey" }] }] },
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...beginnings),
        fc.dictionary(
          fc.constantFrom("accounts", "items", "credentials", "version", "data", "privateKey", "folders"),
          fc.jsonValue({ maxDepth: 4 }),
        ),
        async (beginning, members) => {
          await codeOf(text(JSON.stringify({ ...beginning, ...(members as object) })));
        },
      ),
      { numRuns: RUNS },
    );
  });

  test("bytes that begin like a zip or a database end with one error", async () => {
    const heads = [
      [0x50, 0x4b, 0x03, 0x04],
      [0x03, 0xd9, 0xa2, 0x9a, 0x67, 0xfb, 0x4b, 0xb5, 0, 0, 4, 0],
    ];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 400 }), async (head, rest) => {
        expect(await codeOf(Buffer.concat([Buffer.from(head), rest]))).not.toBeNull();
      }),
      { numRuns: RUNS },
    );
  });
});

test("no report, error or text holds a private key or a seed", async () => {
  const printed: string[] = [];
  const secrets: Buffer[] = [];
  for (const name of ["cxf.json", "bitwarden.json", "eddsa.passkey"]) {
    const { reading, examined } = await examineFile(sampleFile(name));
    printed.push(JSON.stringify(examined.map(({ row }) => row)), JSON.stringify(reading.others));
    for (const { item } of examined)
      secrets.push(
        ...[item!.privateKey, item!.prfSeeds].flatMap((secret) => (secret ? [Buffer.from(secret)] : [])),
      );
  }
  const broken = await examineJson({
    items: [{ credentials: [{ type: "passkey", key: "MC4CAQAwBQYDK2Vw" }] }],
  });
  printed.push(JSON.stringify(broken.examined.map(({ row }) => row)));
  expect(secrets.length).toBeGreaterThan(6);
  for (const secret of secrets)
    for (const encoding of ["hex", "base64", "base64url"] as const)
      expect(printed.filter((line) => line.includes(secret.toString(encoding).slice(0, 40)))).toEqual([]);
});
