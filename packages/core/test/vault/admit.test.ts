/** What no member may do, whatever client it runs: each row is a good change spoiled in one field. */
import { describe, expect, test } from "vitest";
import { concatBytes } from "../../src/bytes/concat.ts";
import { encodeHex } from "../../src/bytes/text.ts";
import { encodeCbor } from "../../src/cbor/codec.ts";
import { admitChange, AdmittedChange, admitReissuedChange } from "../../src/vault/admit.ts";
import { encodeCredentialRecord } from "../../src/vault/credential-record.ts";
import { type Backend, GENESIS_HASH, SETTINGS_OBJECT } from "../../src/vault/genesis.ts";
import { deriveReissueActor, formatOperationId } from "../../src/vault/operation-id.ts";
import {
  credentialIdOf,
  deriveShard,
  MAX_NOTE_LENGTH,
  MAX_OPAQUE_BYTES,
  MAX_SEALED_LARGE_BLOB_BYTES,
  MAX_TITLE_LENGTH,
  passkeyId,
} from "../../src/vault/schema.ts";
import { encodeTombstone } from "../../src/vault/tombstone.ts";
import {
  bareBackend,
  type Column,
  type Forged,
  forgeChange,
  forgeColumns,
  forgeCommit,
  forgeCompressed,
  type ForgedOperation,
  forger,
  forgeTail,
  shardOf,
  uleb,
} from "./forge.ts";
import { bytesOf, Device, idOf, recordOf } from "./samples.ts";

const desk = new Device(1);
desk.create(7);
desk.put(7, "title", "one");
desk.delete(7);
const { document } = desk;
const id = idOf(7);
const shard = shardOf(id);
const bare = bareBackend(document);
const titleOperation = bare.getAll(shard, `${id}/title`)[0]?.[2] as string;
const tombstone = (number: number) =>
  `tomb/${formatOperationId({ device: desk.key, session: desk.session, number })}`;
const otherShard = ["s00", "s01"]
  .map((name) => bare.getWithType("_root", name)?.[1] as string)
  .find((object) => object !== shard) as string;

const rename: ForgedOperation = {
  action: "set",
  obj: shard,
  key: `${id}/title`,
  value: "two",
  pred: [titleOperation],
};
/** A change after genesis (66 operations) and the three of Desk. */
const onTop = (ops: readonly ForgedOperation[], spoil: object = {}): Forged =>
  forgeChange({ startOp: 70, deps: document.heads().map(encodeHex), ...spoil, ops });
const renamed = (spoil: object) => onTop([{ ...rename, ...spoil }]);
const made = (action: string) => onTop([{ action, obj: shard, key: `${id}/title`, pred: [titleOperation] }]);
const put = (key: string, value: string | Uint8Array | number, type?: "int" | "counter") =>
  forgeCommit(document, (backend) => backend.put(shard, key, value, type));
const putCore = (seed: number, core: Uint8Array) =>
  forgeCommit(document, (backend) => backend.put(shardOf(idOf(seed)), `${idOf(seed)}/core`, core));
const admit = ({ bytes, hash }: Forged) => admitChange(bytes, hash, forger);
const refusal = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) as string }) as Error;

test("admits and applies a good change", () => {
  const { document: next, touched } = document.apply(admit(onTop([rename])));
  expect(next.get(id)?.title).toBe("two");
  expect(touched).toEqual([id]);
});

test("admits several writes to several keys", () => {
  const note = { ...rename, key: `${id}/note`, value: "three", pred: [] };
  const next = document.apply(admit(onTop([rename, note]))).document;
  expect(next.get(id)).toMatchObject({ title: "two", note: "three" });
});

test("is the one way to an admitted change", () => {
  const { bytes } = onTop([rename]);
  expect(() => new AdmittedChange(Symbol("mine") as never, bytes, {} as never, [])).toThrow(TypeError);
});

describe("a change that is issued again", () => {
  const operation = { device: desk.key, session: desk.session, number: 50 };
  const note = { ...rename, key: `${id}/note`, pred: [] };
  const container = deriveShard(credentialIdOf(id)!);
  const again = (
    ops: readonly ForgedOperation[],
    { onGenesis = false, ...spoil }: { onGenesis?: boolean; deps?: string[] },
  ) => {
    const actor = deriveReissueActor(operation, 7, { container, key: `${id}/note`, onGenesis });
    const { bytes, hash } = onTop(ops, { actor, ...spoil });
    return () => admitReissuedChange(bytes, hash, operation, 7);
  };

  test("is one write by the actor that follows from it", () => {
    expect(again([note], {})().operations).toHaveLength(1);
    expect(again([note], { onGenesis: true, deps: [GENESIS_HASH] })().operations).toHaveLength(1);
  });

  test.for<[what: string, change: () => unknown]>([
    ["two writes", again([note, rename], {})],
    ["another key than its actor's", again([rename], {})],
    ["genesis where its actor says something else", again([note], { deps: [GENESIS_HASH] })],
    ["something else where its actor says genesis", again([note], { onGenesis: true })],
    [
      "genesis and more where its actor says genesis",
      again([note], { onGenesis: true, deps: [GENESIS_HASH, "f".repeat(64)] }),
    ],
  ])("is refused with %s", ([, change]) => {
    expect(change).toThrow(refusal("LK-ENTRY-CHANGE", ""));
  });
});

test("admits a record of a newer version, and shows it as needing attention", () => {
  const next = document.apply(admit(putCore(8, encodeCbor([2, "anything", idOf(8)])))).document;
  expect(next.get(idOf(8))).toMatchObject({ state: "needs-attention", record: null });
  expect(next.valuesOf(idOf(8), "core")).toEqual([encodeCbor([2, "anything", idOf(8)])]);
});

describe("a change is refused for what it does:", () => {
  test.for<[what: string, message: string, change: () => Forged]>([
    ["a root key", "outside the shards", () => renamed({ obj: "_root", key: "schema", pred: [] })],
    ["a new root map", "makeMap", () => onTop([{ action: "makeMap", obj: "_root", key: "s40", pred: [] }])],
    ["a map in a shard", "makeMap", () => made("makeMap")],
    ["a list in a shard", "makeList", () => made("makeList")],
    ["a text in a shard", "makeText", () => made("makeText")],
    ["an object that genesis did not make", "outside the shards", () => renamed({ obj: `99@${forger}` })],
    [
      "a core replaced",
      "replaces a core",
      () => putCore(7, encodeCredentialRecord(recordOf(7, { rpId: "other.example" }))),
    ],
    [
      "a core deleted",
      "replaces a core",
      () => forgeCommit(document, (backend) => backend.delete(shard, `${id}/core`)),
    ],
    [
      "a core that is text",
      "is not bytes",
      () => renamed({ key: `${idOf(8)}/core`, obj: shardOf(idOf(8)), pred: [] }),
    ],
    ["a core of another id", "another credential id", () => putCore(8, encodeCredentialRecord(recordOf(9)))],
    ["a core that is no record", "array of 14", () => putCore(8, encodeCbor([1, 2]))],
    ["a core without a version", "no version", () => putCore(8, encodeCbor("record"))],
    ["a core that is not CBOR", "at byte", () => putCore(8, new Uint8Array([0xff]))],
    [
      "a tombstone replaced",
      "replaces a tomb",
      () => put(`${id}/${tombstone(0)}`, encodeTombstone({ day: 1, replacedBy: null })),
    ],
    [
      "a tombstone that names no operation",
      "names no operation",
      () => put(`${id}/tomb/x`, encodeTombstone({ day: 1, replacedBy: null })),
    ],
    ["a tombstone without a day", "array of 2", () => put(`${id}/${tombstone(9)}`, encodeCbor([]))],
    ["a key without a register", "without a register", () => renamed({ key: id, pred: [] })],
    [
      "a key that names no passkey",
      "names no passkey",
      () => renamed({ key: "not base64url!/title", pred: [] }),
    ],
    [
      "a credential id that is too long",
      "names no passkey",
      () => renamed({ key: `${passkeyId(new Uint8Array(1024))}/title`, pred: [] }),
    ],
    ["a passkey in another shard", "into another shard", () => renamed({ obj: otherShard, pred: [] })],
    [
      "a register with a malformed name",
      "name is malformed",
      () => renamed({ key: `${id}/Title`, pred: [] }),
    ],
    ["a title that is too long", "257 long", () => renamed({ value: "x".repeat(MAX_TITLE_LENGTH + 1) })],
    [
      "a note that is too long",
      "8193 long",
      () => renamed({ key: `${id}/note`, value: "x".repeat(MAX_NOTE_LENGTH + 1), pred: [] }),
    ],
    ["a title that is bytes", "not text", () => put(`${id}/title`, bytesOf(1, 4))],
    ["a favourite that is text", "not true or false", () => renamed({ key: `${id}/favourite`, pred: [] })],
    ["a tag that is false", "not true", () => renamed({ key: `${id}/tag/work`, value: false, pred: [] })],
    [
      "a tag that is too long",
      "65 long",
      () => renamed({ key: `${id}/tag/${"x".repeat(65)}`, value: true, pred: [] }),
    ],
    [
      "an unknown register that is too large",
      "16385 bytes",
      () => put(`${id}/blob`, new Uint8Array(MAX_OPAQUE_BYTES + 1)),
    ],
    [
      "a large blob that is too large",
      "16449 bytes",
      () => put(`${id}/large-blob`, new Uint8Array(MAX_SEALED_LARGE_BLOB_BYTES + 1)),
    ],
    ["a large blob that is text", "not bytes", () => renamed({ key: `${id}/large-blob`, pred: [] })],
    ["an empty value", "neither text, bytes nor", () => renamed({ value: null })],
    [
      "a deletion of nothing",
      "deletes nothing",
      () => onTop([{ action: "del", obj: shard, key: `${id}/note`, pred: [] }]),
    ],
    ["one key twice", "twice", () => onTop([rename, { ...rename, value: "three" }])],
    [
      "a setting with a malformed name",
      "name is malformed",
      () => renamed({ obj: SETTINGS_OBJECT, key: "", pred: [] }),
    ],
    [
      "a setting that is too large",
      "4097 bytes",
      () => renamed({ obj: SETTINGS_OBJECT, key: "relay/a", value: "x".repeat(4097), pred: [] }),
    ],
  ])("%s", ([, message, change]) => {
    expect(() => admit(change())).toThrow(refusal("LK-ENTRY-FORBIDDEN", message));
  });
});

describe("a change is refused for its bytes:", () => {
  const good = onTop([rename]);
  const inList = (backend: Backend) => backend.insert(backend.putObject(shard, `${id}/title`, []), 0, "x");
  /** Every run of one value becomes a run of a hundred thousand in the columns with these numbers. */
  const bomb = (...numbers: readonly number[]) =>
    rewrite(({ number, data }) => (numbers.includes(number) ? [...uleb(100_000), ...data.slice(1)] : data));
  const rewrite = (dataOf: (column: Column) => readonly number[]) =>
    forgeColumns(good, (columns) => columns.map((column) => ({ ...column, data: dataOf(column) })));

  test.for<[what: string, message: string, change: () => Forged]>([
    ["a time", "a time", () => onTop([rename], { time: 1 })],
    ["a message", "a message", () => onTop([rename], { message: "hello" })],
    ["a number", "value of type 4", () => put(`${id}/title`, 5, "int")],
    ["a counter", "value of type 8", () => put(`${id}/title`, 5, "counter")],
    ["a list", "limit 10", () => forgeCommit(document, inList)],
    ["no operation", "does nothing", () => onTop([])],
    [
      "another hash",
      "another hash",
      () => ({ ...good, hash: concatBytes(good.hash.subarray(0, 4), bytesOf(1, 28)) }),
    ],
    ["another checksum", "another checksum", () => ({ ...good, hash: bytesOf(1, 32) })],
    ["a tail", "another length", () => ({ ...good, bytes: concatBytes(good.bytes, new Uint8Array(1)) })],
    ["a chunk after it", "another length", () => ({ ...good, bytes: concatBytes(good.bytes, good.bytes) })],
    ["a whole document instead", "another checksum", () => ({ ...good, bytes: document.save() })],
    ["a compressed chunk", "chunk type 2", () => forgeCompressed(good)],
    ["bytes after its columns", "1 bytes after", () => forgeTail(good, [0])],
    ["nothing at all", "no chunk header", () => ({ ...good, bytes: new Uint8Array() })],
    ["more than fits an entry", "limit 61440", () => put(`${id}/blob`, new Uint8Array(61 * 1024))],
    ["a hundred thousand objects", "over 1024", () => bomb(0x01, 0x02)],
    ["a hundred thousand keys", "over 1024", () => bomb(0x15)],
    ["a hundred thousand insertions", "over 1024", () => bomb(0x34)],
    ["a hundred thousand actions", "over 1024", () => bomb(0x42)],
    ["a hundred thousand values", "over 1024", () => bomb(0x56)],
    ["a hundred thousand replacements", "over 1024", () => bomb(0x70)],
    [
      "one operation that replaces five thousand values",
      "over 4096 values",
      () => rewrite((column) => (column.number === 0x70 ? [0x7f, ...uleb(5000)] : column.data)),
    ],
    ["a hundred thousand replaced values", "over 4096", () => bomb(0x71, 0x73)],
    [
      "an unknown column",
      "a column 1638",
      () => forgeColumns(good, ([first, ...rest]) => [...rest, { number: 1638, data: first?.data ?? [] }]),
    ],
  ])("%s", ([, message, change]) => {
    expect(() => admit(change())).toThrow(refusal("LK-ENTRY-CHANGE", message));
  });

  test("an insertion, as into a list", () => {
    const change = rewrite(({ number, data }) => (number === 0x34 ? [0, 1] : data));
    expect(() => admit(change)).toThrow(refusal("LK-ENTRY-FORBIDDEN", "insert"));
  });

  test("another author than its entry's", () => {
    expect(() => admitChange(good.bytes, good.hash, desk.actor)).toThrow(
      refusal("LK-ENTRY-CHANGE", "another actor"),
    );
  });

  test("every flipped bit", () => {
    for (let bit = 0; bit < good.bytes.length * 8; bit++) {
      const bytes = good.bytes.slice();
      bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(() => admit({ ...good, bytes })).toThrow(refusal("LK-ENTRY-CHANGE", ""));
    }
  });
});
