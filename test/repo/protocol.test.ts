/** docs/protocol.md says what the code says: labels, layouts, numbers, and examples that are computed again here. */
import { createHash } from "node:crypto";
import { PRF_SEEDS_BYTES } from "@latchkey/core/authenticator/prf";
import { encodeHex } from "@latchkey/core/bytes/text";
import { encodeCbor, MAX_CBOR_DEPTH } from "@latchkey/core/cbor/codec";
import { HASH_BYTES } from "@latchkey/core/crypto/hash";
import { KEM_ENCAPSULATION_BYTES, KEM_PUBLIC_KEY_BYTES } from "@latchkey/core/crypto/kem";
import { LABELS } from "@latchkey/core/crypto/labels";
import { deriveSigningKeyPair } from "@latchkey/core/crypto/signature";
import { STREAM_CHUNK_BYTES } from "@latchkey/core/crypto/stream";
import {
  DEVICE_TAG_BYTES,
  encodeHeader,
  ENTRY_KINDS,
  ENTRY_SUITE,
  ENTRY_VERSION,
  LOG_ID_BYTES,
  makeEntry,
  NO_ENTRY,
  RECORD_KINDS,
} from "@latchkey/core/log/entry";
import { ENTRY_SIZES, MAX_ENTRY_BYTES, padmeLength } from "@latchkey/core/log/padding";
import { MAX_SNAPSHOT_BYTES } from "@latchkey/core/log/snapshot";
import { MAX_DEVICES } from "@latchkey/core/log/verify";
import { deriveDeviceTag } from "@latchkey/core/membership/device";
import { commitToRoot, deriveMetadataEpochKeys, ROOT_BYTES } from "@latchkey/core/membership/epoch";
import { EPOCH_REASONS } from "@latchkey/core/membership/epoch-record";
import { MAX_DEVICE_NAME, MAX_PLATFORM_NAME } from "@latchkey/core/membership/member-record";
import { ROOT_SEAL_BYTES } from "@latchkey/core/membership/seal";
import { deriveCode } from "@latchkey/core/pairing/code";
import { CODE_DIGITS } from "@latchkey/core/pairing/code-text";
import { PAIRING_VERSION } from "@latchkey/core/pairing/invitation";
import { REQUEST_VERSION } from "@latchkey/core/pairing/request";
import { CODE_TRIES, EXTENDED_PAIRING_MS, PAIRING_MS } from "@latchkey/core/pairing/inviter";
import { INVITATION_LIFE_MS, MAX_RENEWALS, RENEWAL_MS } from "@latchkey/core/pairing/live-invitations";
import { MAX_FINGERPRINT_WORDS, MAX_WELCOME_BYTES } from "@latchkey/core/pairing/pairing-messages";
import {
  CLIENT_CODECS,
  deriveRoomId,
  MAILBOX_CLIENT_CODECS,
  MAILBOX_RELAY_CODECS,
  MAX_FRAME_BYTES,
  MAX_MAILBOX_MESSAGES,
  MAX_NAMEPLATE,
  MAX_NAMEPLATE_SECONDS,
  MIN_NAMEPLATE,
  PROTOCOL_VERSIONS,
  RELAY_CODECS,
} from "@latchkey/core/relay-protocol";
import { MAX_CHANGE_BYTES, MAX_OPERATIONS } from "@latchkey/core/vault/change-chunk";
import * as record from "@latchkey/core/vault/credential-record";
import { FINGERPRINT_WORDS } from "@latchkey/core/vault/fingerprint";
import { GENESIS_HASH, makeGenesisChange } from "@latchkey/core/vault/genesis";
import { deriveActor, formatOperationId, SESSION_BYTES } from "@latchkey/core/vault/operation-id";
import * as schema from "@latchkey/core/vault/schema";
import { SHIPPED_COST } from "@latchkey/device-host/key-protection/argon2-node";
import { APPLICATION_ID, LAYOUT_VERSION, SCHEMA, SQL_TABLES } from "@latchkey/desktop/vault-file/layout";
import { describe, expect, test } from "vitest";
import { filesOf, readText } from "./tree.ts";

const page = readText("docs/protocol.md");

const squeeze = (text: string): string => text.replaceAll(/\s+/g, " ").trim();

function sectionOf(heading: string): string {
  const section = page.split(/^## /m).find((part) => part.startsWith(heading));
  if (section === undefined) throw new Error(`docs/protocol.md has no section ${heading}`);
  return section;
}

/** Folders whose header comments lay out bytes that others read. */
const FORMAT_FILES = [
  "packages/core/src/{crypto,log,membership,vault,sync,archive,device,pairing,recovery}/*.ts",
  "packages/desktop/src/vault-file/*.ts",
  "packages/device-host/src/key-protection/*.ts",
];

const opensMore = (text: string): boolean => text.split("[").length > text.split("]").length;

/**
 * The layouts in a source's header comment: lines of three spaces and `name = value`, or an array without a name. What stands after two
 * spaces is a remark, or another layout; an array that is not closed goes on in the next line.
 */
function layoutsOf(source: string): string[] {
  const header = /^\/\*\*\n([\s\S]*?)\*\//.exec(source)?.[1] ?? "";
  const lines = [...header.matchAll(/^ \* {3,}(\S.*)$/gm)].map(([, line = ""]) => line);
  const layouts: string[] = [];
  let open: string | null = null;
  for (const line of lines) {
    const parts: string[] = [];
    const [, name = "", value = line] = /^(.+?)\s+=\s+(.*)$/.exec(line) ?? [];
    for (const [i, part] of value.split(/ {2,}/).entries())
      parts.push(i === 0 && name !== "" ? `${name} = ${part}` : part);
    if (open !== null) parts[0] = `${open} ${parts[0]}`;
    const fits = parts.filter((part, i) => part.includes(" = ") || (i === 0 && part.startsWith("[")));
    open = fits.findLast(opensMore) ?? null;
    layouts.push(...fits.filter((part) => part !== open).map(squeeze));
  }
  return layouts;
}

const findMissing = (text: string, wanted: readonly string[]): string[] => {
  const squeezed = squeeze(text);
  return wanted.filter((each) => !squeezed.includes(squeeze(each)));
};

const labelsIn = (text: string): string[] =>
  [...new Set([...text.matchAll(/latchkey\/[a-z-]+\/\d+/g)].map(([label]) => label))].sort();

describe("labels", () => {
  test("of the code and of the page are the same", () => {
    // One stands in the text as an example of the short form, too.
    expect(labelsIn(page)).toEqual(Object.values(LABELS).sort());
  });

  test.each(Object.values(LABELS))("%s stands in the table once", (label) => {
    expect(sectionOf("1 Ground").split(`| \`${label}\` |`)).toHaveLength(2);
  });

  test("are named in layouts without prefix and number", () => {
    const names = new Set(Object.values(LABELS).map((label) => label.split("/")[1]));
    const used = [...page.matchAll(/\b(?:H|KDF)\((?:\w+, )?([a-z]+-[a-z-]+|shard|actor|fingerprint)\b/g)];
    expect(used.length).toBeGreaterThan(20);
    expect(used.map(([, name]) => name).filter((name) => !names.has(name))).toEqual([]);
  });
});

describe("layouts", () => {
  const layouts = filesOf(...FORMAT_FILES).flatMap((file) =>
    layoutsOf(readText(file)).map((layout): [string, string] => [file, layout]),
  );

  test("are found in the sources, over several lines too", () => {
    const found = layouts.map(([, layout]) => layout);
    expect(found.length).toBeGreaterThan(45);
    expect(found).toContain("header = [1, suite, logId(16), deviceTag(8), seq, prev(32)]");
    expect(found.find((layout) => layout.startsWith("welcome = "))).toMatch(/seq, hash\], …\]\]$/);
    expect(found.find((layout) => layout.startsWith("[1, credential id"))).toMatch(/created ms\]$/);
  });

  test.each(layouts)("%s: %s", (_file, layout) => {
    expect(findMissing(page, [layout])).toEqual([]);
  });

  test("that the page does not have are missed", () => {
    const source =
      "/**\n * A thing.\n *\n *   thing  = [1, other(16),    a remark\n *             last]\n */\n";
    expect(layoutsOf(source)).toEqual(["thing = [1, other(16), last]"]);
    const spoiled = page.replace("seq, prev(32)]", "seq, prev(16)]");
    expect(layouts.filter(([, layout]) => findMissing(spoiled, [layout]).length > 0)).toEqual([
      ["packages/core/src/log/entry.ts", "header = [1, suite, logId(16), deviceTag(8), seq, prev(32)]"],
    ]);
  });
});

describe("numbers", () => {
  const {
    CREDENTIAL_RECORD_VERSION,
    MAX_CREDENTIAL_ID_BYTES,
    MAX_RP_ID_LENGTH,
    MAX_USER_HANDLE_BYTES,
    MAX_PUBLIC_KEY_BYTES,
    MAX_SEALED_KEY_BYTES,
    MAX_SEALED_SEEDS_BYTES,
  } = record;
  const {
    SCHEMA_VERSION,
    SHARDS,
    MAX_TITLE_LENGTH,
    MAX_NAME_LENGTH,
    MAX_NOTE_LENGTH,
    MAX_TAG_LENGTH,
    MAX_OPAQUE_BYTES,
    MAX_SETTING_BYTES,
  } = schema;
  const { memoryKiB, passes, parallelism } = SHIPPED_COST;

  test("are the code's", () => {
    const stated = [...sectionOf("10 Numbers").matchAll(/([A-Z][A-Z0-9_]+) = (\d+(?:, \d+)*)/g)];
    expect(Object.fromEntries(stated.map(([, name, value]) => [name, value]))).toEqual(
      Object.fromEntries(
        Object.entries({
          MAX_CBOR_DEPTH,
          HASH_BYTES,
          KEM_PUBLIC_KEY_BYTES,
          KEM_ENCAPSULATION_BYTES,
          STREAM_CHUNK_BYTES,
          ENTRY_VERSION,
          ENTRY_SUITE,
          ENTRY_SIZES,
          MAX_ENTRY_BYTES,
          MAX_DEVICES,
          LOG_ID_BYTES,
          DEVICE_TAG_BYTES,
          SESSION_BYTES,
          MAX_CHANGE_BYTES,
          MAX_OPERATIONS,
          FINGERPRINT_WORDS,
          SCHEMA_VERSION,
          SHARDS,
          MAX_TITLE_LENGTH,
          MAX_NAME_LENGTH,
          MAX_NOTE_LENGTH,
          MAX_TAG_LENGTH,
          MAX_OPAQUE_BYTES,
          MAX_SETTING_BYTES,
          CREDENTIAL_RECORD_VERSION,
          MAX_CREDENTIAL_ID_BYTES,
          MAX_RP_ID_LENGTH,
          MAX_USER_HANDLE_BYTES,
          MAX_PUBLIC_KEY_BYTES,
          MAX_SEALED_KEY_BYTES,
          MAX_SEALED_SEEDS_BYTES,
          PRF_SEEDS_BYTES,
          ROOT_BYTES,
          ROOT_SEAL_BYTES,
          MAX_DEVICE_NAME,
          MAX_PLATFORM_NAME,
          MAX_SNAPSHOT_BYTES,
          PROTOCOL_VERSIONS,
          MAX_FRAME_BYTES,
          MAX_MAILBOX_MESSAGES,
          MIN_NAMEPLATE,
          MAX_NAMEPLATE,
          MAX_NAMEPLATE_SECONDS,
          PAIRING_VERSION,
          REQUEST_VERSION,
          CODE_DIGITS,
          CODE_TRIES,
          MAX_WELCOME_BYTES,
          MAX_FINGERPRINT_WORDS,
          RENEWAL_MS,
          MAX_RENEWALS,
          INVITATION_LIFE_MS,
          PAIRING_MS,
          EXTENDED_PAIRING_MS,
          SHIPPED_COST: [memoryKiB, passes, parallelism],
          APPLICATION_ID,
          LAYOUT_VERSION,
        }).map(([name, value]) => [name, [value].flat().join(", ")]),
      ),
    );
  });

  test("of kinds stand with the key that seals them", () => {
    const rows = [...sectionOf("3 Entries").matchAll(/^\| (`[^|]*) \| ([\d, ]+) \| `(K_\w+)` \|/gm)];
    const stated = rows.flatMap(([, kinds = "", numbers = "", key]) => {
      const each = numbers.split(", ").map(Number);
      return kinds
        .split(", ")
        .map((kind, i): [string, unknown] => [kind.replaceAll("`", ""), [each[i], key]]);
    });
    const expected = Object.entries(ENTRY_KINDS).map(([kind, number]): [string, unknown] => [
      kind,
      [number, RECORD_KINDS.has(kind as keyof typeof ENTRY_KINDS) ? "K_record" : "K_entry"],
    ]);
    expect(Object.fromEntries(stated)).toEqual(Object.fromEntries(expected));
  });

  test("of an epoch's reasons, of ops and of tables are there", () => {
    expect(
      findMissing(
        sectionOf("6 Epoch"),
        Object.entries(EPOCH_REASONS).map(([reason, number]) => `${reason} ${number}`),
      ),
    ).toEqual([]);
    const codecs = { ...CLIENT_CODECS, ...RELAY_CODECS, ...MAILBOX_CLIENT_CODECS, ...MAILBOX_RELAY_CODECS };
    const ops = Object.entries(codecs).map(([op, { code }]) => `${op} ${code}`);
    const stated = [...sectionOf("7 Relay").matchAll(/\b[a-z]+[A-Z]?[a-zA-Z]* \d+(?= ·|$|\s{2,})/gm)];
    expect(stated.map(([op]) => op).sort()).toEqual(ops.sort());
    const storage = sectionOf("9 What");
    expect(
      Object.keys(SQL_TABLES).filter((table) => !new RegExp(`^(?:row +)?${table} `, "m").test(storage)),
    ).toEqual([]);
    expect(findMissing(storage, [SCHEMA[0] ?? "", `0x${APPLICATION_ID.toString(16)}`])).toEqual([]);
  });

  test("keep the page within 600 lines", () => {
    expect(page.trimEnd().split("\n").length).toBeLessThanOrEqual(600);
  });
});

describe("examples", () => {
  const fill = (byte: number, length: number): Uint8Array => new Uint8Array(length).fill(byte);
  const sha256 = (data: Uint8Array): Uint8Array => new Uint8Array(createHash("sha256").update(data).digest());

  const logId = fill(1, 16);
  const signer = deriveSigningKeyPair(fill(2, 32));
  const session = fill(3, 8);
  const { entryKey } = deriveMetadataEpochKeys(fill(5, 32));
  const deviceTag = deriveDeviceTag(signer.publicKey, logId, 0);
  const header = { logId, deviceTag, seq: 1, prev: NO_ENTRY };
  const body = { epochHash: fill(8, 32), seen: [], kind: "beacon", payload: null } as const;
  const entry = makeEntry(header, body, { sealKey: entryKey, signer }, (length) => fill(9, length));

  test.each([
    ["entry public key", encodeHex(signer.publicKey)],
    ["K_entry", encodeHex(entryKey)],
    ["H(M)", encodeHex(commitToRoot("M", fill(5, 32)))],
    ["log id of room keys", encodeHex(deriveRoomId(fill(6, 32), fill(7, 32), sha256))],
    ["device tag", encodeHex(deviceTag)],
    ["actor", deriveActor(signer.publicKey, session)],
    ["operation 1", formatOperationId({ device: signer.publicKey, session, number: 1 })],
    ["shard", String(schema.deriveShard(fill(4, 16)))],
    ["header", encodeHex(encodeCbor(encodeHeader(header)))],
    ["entry hash", encodeHex(entry.hash)],
    ["SHA-256 of entry", encodeHex(sha256(entry.bytes))],
    ["pairing code", deriveCode(fill(10, 32), fill(11, 32), fill(12, 32))],
    ["Padmé(70000)", String(padmeLength(70_000))],
  ])("%s is what the code gives", (name, value) => {
    const line = sectionOf("11 Examples")
      .split("\n")
      .find((each) => each.startsWith(`${name} `));
    expect(line?.split(/ +/).slice(name.split(" ").length, name.split(" ").length + 2)).toEqual(["=", value]);
  });

  test("genesis is the page's, byte for byte", () => {
    const stated = /genesis change +=\n([0-9a-f\n]+)```/.exec(page)?.[1]?.replaceAll("\n", "");
    expect(stated).toBe(encodeHex(makeGenesisChange()));
    expect(page).toContain(GENESIS_HASH);
  });
});
