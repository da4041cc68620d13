/** Zips with passkeys inside: Bitwarden's, and Proton Pass's, whose layout is known from its clients alone. */
import { generateKeyPairSync } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { examineFile, sampleFile } from "./examine-file.ts";
import { makeZip } from "./make-zip.ts";

describe("a zip of Bitwarden", () => {
  test.each(["stored", "deflated"])("gives what its data.json holds, %s", async (way) => {
    const data = sampleFile("bitwarden.json");
    const zip =
      way === "stored"
        ? makeZip({ "attachments/a": new Uint8Array(3), "data.json": data })
        : makeZip({ "data.json": deflateRawSync(data) }, { size: data.length });
    const { reading, examined } = await examineFile(zip);
    expect(reading.format).toBe("bitwarden-zip");
    expect(examined.map(({ row }) => row.outcome)).toEqual(["new", "new"]);
  });

  test("with a changed byte is damaged", async () => {
    const zip = makeZip({ "data.json": sampleFile("bitwarden.json") });
    zip[200]! ^= 1;
    await expect(examineFile(zip)).rejects.toMatchObject({ code: "LK-IMPORT-DAMAGED" });
  });
});

/** MessagePack of what Proton writes: maps, arrays, text, small and large integers, nil. */
function pack(value: unknown): Buffer {
  if (value === null) return Buffer.of(0xc0);
  if (typeof value === "number") {
    if (value >= 0 && value < 0x80) return Buffer.of(value);
    if (value >= 0 && value < 0x100) return Buffer.of(0xcc, value);
    if (value < 0 && value >= -32) return Buffer.of(0x100 + value);
    const wide = Buffer.alloc(5, 0xce);
    wide.writeUInt32BE(value, 1);
    return wide;
  }
  if (typeof value === "string") {
    const bytes = Buffer.from(value);
    return Buffer.concat([Buffer.of(0xd9, bytes.length), bytes]);
  }
  if (Array.isArray(value)) {
    const head = Buffer.of(0xdc, value.length >> 8, value.length & 0xff);
    return Buffer.concat([head, ...value.map(pack)]);
  }
  const entries = Object.entries(value as object);
  return Buffer.concat([
    Buffer.of(0x80 | entries.length),
    ...entries.flatMap(([k, v]) => [pack(k), pack(v)]),
  ]);
}

const KEY = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
const jwk = KEY.privateKey.export({ format: "jwk" });
const listOf = (text: string | undefined): number[] => [...Buffer.from(text ?? "", "base64url")];
const int = (value: number) => ({
  t: "int",
  c: {
    inner: [
      ...Buffer.from(BigInt.asUintN(128, BigInt(value)).toString(16).padStart(32, "0"), "hex"),
    ].reverse(),
  },
});
const bytes = (list: number[]) => ({ t: "bytes", c: list });

function passkeyOf(inner: object = {}, outer: object = {}, passkey: object = {}): object {
  const key = {
    kty: { t: "assign", c: "EC2" },
    kid: [],
    alg: { t: "assign", c: "ES256" },
    kops: [],
    biv: [],
    par: [
      [int(-1), int(1)],
      [int(-2), bytes(listOf(jwk.x))],
      [int(-3), bytes(listOf(jwk.y))],
      [int(-4), bytes(listOf(jwk.d))],
    ],
  };
  const content = pack({
    c: [
      ...pack({
        key,
        cid: [1],
        rid: "example.org",
        uhd: [2],
        cnt: null,
        ext: { hmac_secret: null },
        ...inner,
      }),
    ],
    v: 1,
    ...outer,
  });
  return {
    keyId: "k",
    content: content.toString("base64"),
    domain: "example.org",
    rpId: "example.org",
    rpName: "Example",
    userName: "ana",
    userDisplayName: "Ana",
    userId: "Ag==",
    createTime: 1_795_300_000,
    note: "",
    credentialId: Buffer.alloc(16, 9).toString("base64"),
    userHandle: "Ag==",
    ...passkey,
  };
}

const zipOf = (...passkeys: object[]): Buffer =>
  makeZip({
    "Proton Pass/data.json": Buffer.from(
      JSON.stringify({
        version: "1.30.0",
        vaults: {
          share: {
            name: "Personal",
            items: [
              { state: 1, data: { type: "login", metadata: { name: "Example" }, content: { passkeys } } },
              { state: 1, data: { type: "note", metadata: { name: "A note" }, content: {} } },
            ],
          },
        },
      }),
    ),
  });

describe("a zip of Proton Pass", () => {
  test("gives its passkeys, their keys made from the scalar, by an experiment that says so", async () => {
    const seeds = { hmac_secret: { cred_with_uv: [...Buffer.alloc(32, 1)], cred_without_uv: null } };
    const { reading, examined } = await examineFile(zipOf(passkeyOf({ ext: seeds, cnt: 5 })));
    expect(reading).toMatchObject({ format: "proton-zip", others: { note: 1 } });
    const [{ row, item }] = examined as [(typeof examined)[number]];
    expect(row).toMatchObject({ outcome: "new", reasons: ["counter-nonzero", "prf-single-seed"] });
    expect(Buffer.from(item!.privateKey)).toEqual(KEY.privateKey.export({ type: "pkcs8", format: "der" }));
  });

  test.each<[string, object]>([
    ["of another version", passkeyOf({}, { v: 2 })],
    ["whose content is no MessagePack", passkeyOf({}, {}, { content: "AAAA" })],
    ["whose content is no base64", passkeyOf({}, {}, { content: "?" })],
    ["without a key", passkeyOf({ key: null })],
    ["with a key of another curve", passkeyOf({ key: { par: [[int(-1), int(2)]] } })],
    [
      "with a scalar of another length",
      passkeyOf({
        key: {
          par: [
            [int(-1), int(1)],
            [int(-4), bytes([1])],
          ],
        },
      }),
    ],
    ["with seeds in another form", passkeyOf({ ext: { hmac_secret: { other: 1 } } })],
  ])("that is laid out otherwise is refused, never guessed: %s", async (_, passkey) => {
    const { examined } = await examineFile(zipOf(passkey, passkeyOf()));
    expect(examined.map(({ row }) => row.reasons)).toEqual([["layout-unknown"], []]);
  });
});
