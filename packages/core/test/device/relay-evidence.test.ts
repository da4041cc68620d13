/** Evidence about relays: what a device states, what the bytes prove to somebody who has nothing but the file. */
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { encodeHex } from "../../src/bytes/text.ts";
import { type CborValue, decodeCbor, encodeCbor } from "../../src/cbor/codec.ts";
import { LABELS } from "../../src/crypto/labels.ts";
import { deriveSigningKeyPair, type SigningKeyPair, signOperands } from "../../src/crypto/signature.ts";
import { editPasskey } from "../../src/device/passkey-acts.ts";
import { exportEvidence, noteRelayReport } from "../../src/device/relay-evidence.ts";
import { verifyEvidence } from "../../src/device/verify-evidence.ts";
import { makeEntry, NO_ENTRY } from "../../src/log/entry.ts";
import { deriveDeviceTag } from "../../src/membership/device.ts";
import { createMemoryStore } from "./memory-store.ts";
import {
  addPasskey,
  allEntries,
  exchange,
  foundDevice,
  joinDevice,
  makeDeps,
  reopen,
  type TestDevice,
} from "./devices.ts";

const SLOW = process.env["SLOW"] === "1";
const ORIGIN = "https://relay.example";
const place = { instanceId: new Uint8Array(16).fill(4), head: 3, highest: 9 };

let desk: TestDevice;
let phone: TestDevice;
let file: Uint8Array;

beforeAll(async () => {
  desk = await foundDevice(1, "Desk");
  await addPasskey(desk, "example.org", "ana");
  phone = await joinDevice(desk, 2, "Phone");
  await addPasskey(phone, "two.example", "ana");
  await exchange(desk, phone);
  const lost = [...desk.device.state.accepted.values()]
    .slice(1, 3)
    .map(({ hash }, i) => ({ hash, cursor: 5 + i }));
  await noteRelayReport(desk.device, ORIGIN, { is: "acknowledged-without-storing", lost, ...place });
  await noteRelayReport(desk.device, ORIGIN, { is: "relay-lost-data", sameInstance: true, ...place });
  // A copy with another ciphertext, as only somebody between could make it.
  const altered = (await allEntries(phone)).at(-1)!.slice();
  altered[1_000] = (altered[1_000] ?? 0) ^ 1;
  await desk.device.receive([altered]);
  file = await exportEvidence(desk.device);
});

const byKind = (kind: string) => verifyEvidence(file).filter((evidence) => evidence.kind === kind);

describe("evidence", () => {
  test("of a broken acknowledgement names the entries, each signed by its author, and who says it", () => {
    const [evidence, ...others] = byKind("acknowledged-without-storing");
    expect(others).toEqual([]);
    expect(evidence).toMatchObject({
      origin: ORIGIN,
      ...place,
      logId: desk.device.context.epoch.logId,
      device: desk.device.context.self.signer.publicKey,
    });
    expect(evidence?.entries.map(({ cursor }) => cursor)).toEqual([5, 6]);
  });

  test("of a relay that went back is the device's word and nothing else", () => {
    expect(byKind("rolled-back")).toMatchObject([{ origin: ORIGIN, entries: [], highest: 9, head: 3 }]);
  });

  test("of an altered copy is that its device did not sign it", () => {
    const [evidence, ...others] = byKind("altered-copy");
    expect(others).toEqual([]);
    expect(evidence).toMatchObject({ origin: null, device: desk.device.context.self.signer.publicKey });
    expect(evidence?.entries.map(({ author }) => author)).toEqual([
      phone.device.context.self.signer.publicKey,
    ]);
  });

  test("of a device that lives twice is two entries with one number under one key", async () => {
    const original = await foundDevice(5, "Desk");
    const id = await addPasskey(original, "example.org", "ana");
    const store = createMemoryStore();
    for (const table of [
      "meta",
      "entry",
      "held",
      "snapshot",
      "cache",
      "sign-in",
      "journal",
      "relay",
    ] as const) {
      const rows = await original.store.scan(table);
      await store.commit(rows.map(({ key, value }) => ({ table, key, value })));
    }
    const deps = makeDeps(77, store);
    const clone: TestDevice = { store, deps, device: original.device };
    await reopen(clone, deps);
    await editPasskey(original.device, id, "title", "one");
    await editPasskey(clone.device, id, "title", "two");
    await original.device.receive(await allEntries(clone));
    const [evidence, ...others] = verifyEvidence(await exportEvidence(original.device));
    expect(others).toEqual([]);
    const [first, second] = evidence?.entries ?? [];
    expect(evidence?.kind).toBe("two-entries");
    expect(first?.seq).toBe(second?.seq);
    expect(encodeHex(first?.hash ?? new Uint8Array())).not.toBe(encodeHex(second?.hash ?? new Uint8Array()));
  });

  test("is not noted of a relay that owns up to its loss, or that only goes away", async () => {
    const quiet = await foundDevice(6, "Quiet");
    const honest = { is: "relay-lost-data", sameInstance: false, ...place } as const;
    expect(await noteRelayReport(quiet.device, ORIGIN, honest)).toBe(false);
    expect(await noteRelayReport(quiet.device, ORIGIN, { is: "settled" })).toBe(false);
    expect(verifyEvidence(await exportEvidence(quiet.device))).toEqual([]);
  });

  test("is kept up to a bound, the oldest of it", async () => {
    const busy = await foundDevice(7, "Busy");
    const report = (highest: number) =>
      noteRelayReport(busy.device, ORIGIN, { ...place, is: "relay-lost-data", sameInstance: true, highest });
    for (let i = 0; i < 64; i++) expect(await report(100 + i)).toBe(true);
    expect(await report(999)).toBe(false);
    const kept = verifyEvidence(await exportEvidence(busy.device)).map(({ highest }) => highest);
    expect(kept).toEqual(Array.from({ length: 64 }, (_, i) => 100 + i));
  });
});

describe("evidence is refused", () => {
  const refuse = (bytes: Uint8Array) =>
    expect(() => verifyEvidence(bytes)).toThrowError(expect.objectContaining({ code: "LK-RELAY-EVIDENCE" }));

  test("wherever one bit of the file was changed", () => {
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.nat(7), (at, bit) => {
        const changed = file.slice();
        changed[at] = (changed[at] ?? 0) ^ (1 << bit);
        refuse(changed);
      }),
      { numRuns: SLOW ? 5_000 : 100 },
    );
  });

  test("cut off, and longer than it is", () => {
    refuse(file.subarray(0, file.length - 1));
    refuse(new Uint8Array([...file, 0]));
    refuse(new Uint8Array());
  });

  // Somebody with a key of their own signs what they like: then the statement has to show what it says.
  const liar = deriveSigningKeyPair(new Uint8Array(32).fill(8));
  const state = (change: (statement: CborValue[]) => void): Uint8Array => {
    const [, [evidence]] = decodeCbor(file) as [number, CborValue[][]];
    const statement = [...(evidence![0] as CborValue[])];
    change(statement);
    const signature = signOperands(liar, LABELS.evidenceSignature, statement);
    return encodeCbor([1, [[statement, liar.publicKey, signature]]]);
  };
  const claims = (statement: CborValue[]) => statement[8] as CborValue[][];

  /** An entry that the liar signed, in the log of the statement or another one, under any tag. */
  const entryBy = (
    signer: SigningKeyPair,
    {
      seq = 1,
      text = "",
      logId = desk.device.context.epoch.logId,
      incarnation = 0,
      tag = null as Uint8Array | null,
    },
  ): Uint8Array => {
    const named = desk.device.context.epoch.logId;
    const deviceTag = tag ?? deriveDeviceTag(signer.publicKey, named, incarnation);
    const header = { logId, deviceTag, seq, prev: NO_ENTRY };
    const body = { epochHash: new Uint8Array(32), seen: [], kind: "change", payload: text } as const;
    return makeEntry(header, body, { sealKey: new Uint8Array(32), signer }, desk.deps.random).bytes;
  };
  const claimOf = (signer: SigningKeyPair, options: Parameters<typeof entryBy>[1]): CborValue => [
    3,
    signer.publicKey,
    entryBy(signer, options),
  ];
  const other = deriveSigningKeyPair(new Uint8Array(32).fill(9));
  const spoil = (claim: CborValue): CborValue => {
    const [cursor, author, entry] = claim as [CborValue, CborValue, Uint8Array];
    const copy = entry.slice();
    copy[copy.length - 1] = (copy[copy.length - 1] as number) ^ 1;
    return [cursor, author, copy];
  };
  const stateClaims = (kind: string, make: () => readonly CborValue[]) =>
    state((statement) => {
      statement[1] = kind;
      statement[8] = [...make()];
    });

  test("not where it shows what its kind says", () => {
    const pair = () => [claimOf(liar, { text: "a" }), claimOf(liar, { text: "b" })];
    expect(verifyEvidence(stateClaims("two-entries", pair))).toHaveLength(1);
    const altered = () => [spoil(claimOf(liar, {}))];
    expect(verifyEvidence(stateClaims("altered-copy", altered))).toHaveLength(1);
    const late = () => [claimOf(liar, { incarnation: 63 })];
    expect(verifyEvidence(stateClaims("acknowledged-without-storing", late))).toHaveLength(1);
  });

  test.for<[what: string, kind: string, claims: () => readonly CborValue[]]>([
    ["of two numbers", "two-entries", () => [claimOf(liar, { seq: 1 }), claimOf(liar, { seq: 2 })]],
    ["of two devices", "two-entries", () => [claimOf(liar, {}), claimOf(other, {})]],
    ["of one entry", "two-entries", () => [claimOf(liar, {})]],
    ["of three entries", "two-entries", () => ["a", "b", "c"].map((text) => claimOf(liar, { text }))],
    ["of none", "two-entries", () => []],
    ["of an altered copy that is none", "altered-copy", () => [claimOf(liar, {})]],
    ["of two altered copies", "altered-copy", () => ["a", "b"].map((text) => spoil(claimOf(liar, { text })))],
    ["of no altered copy", "altered-copy", () => []],
    [
      "of an entry that its author did not sign",
      "acknowledged-without-storing",
      () => [spoil(claimOf(liar, {}))],
    ],
    [
      "of an entry under another's tag",
      "acknowledged-without-storing",
      () => [claimOf(liar, { tag: new Uint8Array(8) })],
    ],
    [
      "of an entry of another log",
      "acknowledged-without-storing",
      () => [claimOf(liar, { logId: new Uint8Array(16) })],
    ],
    [
      "of an entry of too late an incarnation",
      "acknowledged-without-storing",
      () => [claimOf(liar, { incarnation: 64 })],
    ],
    [
      "of entries of which one has no place",
      "acknowledged-without-storing",
      () => [claimOf(liar, {}), [null, liar.publicKey, entryBy(liar, { seq: 2 })]],
    ],
    ["of a relay that went back, with entries", "rolled-back", () => [claimOf(liar, {})]],
  ])("%s", ([, kind, make]) => refuse(stateClaims(kind, make)));

  test("not for its signature: the same words by somebody else are somebody else's word", () => {
    expect(verifyEvidence(state(() => {}))).toMatchObject([{ device: liar.publicKey }]);
  });

  test.for<[string, (statement: CborValue[]) => void]>([
    ["of another kind", (statement) => (statement[1] = "altered-copy")],
    ["of a kind that is not known", (statement) => (statement[1] = "laziness")],
    ["about no entry", (statement) => (statement[8] = [])],
    [
      "about an entry without a place",
      (statement) => (statement[8] = claims(statement).map(([, ...rest]) => [null, ...rest])),
    ],
    ["about entries of another room", (statement) => (statement[5] = new Uint8Array(16))],
    [
      "about entries of another author",
      (statement) =>
        (statement[8] = claims(statement).map(([cursor, , entry]) => [cursor!, liar.publicKey, entry!])),
    ],
    [
      "about entries that are none",
      (statement) =>
        (statement[8] = claims(statement).map(([cursor, author]) => [
          cursor!,
          author!,
          new Uint8Array(2_048),
        ])),
    ],
    [
      "about two equal entries",
      (statement) => {
        statement[1] = "two-entries";
        statement[8] = [claims(statement)[0]!, claims(statement)[0]!];
      },
    ],
    [
      "about a relay that went forward",
      (statement) => {
        statement[1] = "rolled-back";
        statement[7] = 10;
        statement[8] = [];
      },
    ],
    [
      "about a relay that stayed where it was",
      (statement) => {
        statement[1] = "rolled-back";
        statement[6] = 10;
        statement[7] = 10;
        statement[8] = [];
      },
    ],
    ["of a later version", (statement) => (statement[0] = 2)],
  ])("%s", ([, change]) => refuse(state(change)));
});
