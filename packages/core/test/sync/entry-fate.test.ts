/** What becomes of an entry: ignored, waiting, refused or accepted, for each reason by itself; and that it outlives a restart. */
import { describe, expect, test } from "vitest";
import { encodeHex } from "../../src/bytes/text.ts";
import type { CborValue } from "../../src/cbor/codec.ts";
import { editPasskey } from "../../src/device/passkey-acts.ts";
import { encodeReissuePayload } from "../../src/log/change.ts";
import { type ChainTip, type EntryKind, makeEntry, NO_ENTRY, RECORD_KINDS } from "../../src/log/entry.ts";
import { MAX_DEVICES } from "../../src/log/verify.ts";
import {
  deriveMetadataKeys,
  deriveSigningKeys,
  identityOf,
  makeDeviceSeeds,
} from "../../src/membership/device.ts";
import { encodeApproval } from "../../src/membership/approval.ts";
import { makeApproval } from "../../src/device/probation.ts";
import { type EpochRecord, makeEpochRecord } from "../../src/membership/epoch-record.ts";
import { encodeMemberEntry, makeMemberRecord } from "../../src/membership/member-record.ts";
import { encodeReadmission } from "../../src/membership/readmission.ts";
import { receiveEntries } from "../../src/sync/receive-entries.ts";
import { listGaps, type Notice, tipOf } from "../../src/sync/replica-state.ts";
import {
  addPasskey,
  allEntries,
  exchange,
  foundDevice,
  joinDevice,
  openSigning,
  reopen,
  type TestDevice,
} from "../device/devices.ts";

interface Place {
  readonly seq?: number;
  readonly prev?: Uint8Array;
  readonly seen?: readonly ChainTip[];
}

/** An entry by this device, sealed and signed as it should be, with whatever in it and wherever in the chain. */
function forge(by: TestDevice, kind: EntryKind, payload: CborValue, place: Place = {}): Uint8Array {
  const { epoch, self } = by.device.context;
  const tip = tipOf(by.device.state, self.deviceTag);
  return makeEntry(
    {
      logId: epoch.logId,
      deviceTag: self.deviceTag,
      seq: place.seq ?? (tip?.seq ?? 0) + 1,
      prev: place.prev ?? tip?.hash ?? NO_ENTRY,
    },
    { epochHash: epoch.hash, seen: place.seen ?? [], kind, payload },
    { sealKey: RECORD_KINDS.has(kind) ? epoch.keys.recordKey : epoch.keys.entryKey, signer: self.signer },
    by.deps.random,
  ).bytes;
}

/** The device is given the entries one by one: what it said, and why it holds what it holds. */
async function give(to: TestDevice, ...entries: readonly Uint8Array[]) {
  const notices: Notice[] = [];
  const stop = to.device.subscribe((told) => notices.push(...told));
  const accepted: boolean[] = [];
  for (const entry of entries) accepted.push((await to.device.receive([entry]))[0] !== null);
  stop();
  const refused = notices.flatMap((notice) => (notice.is === "refused" ? [notice.code] : []));
  return { accepted, refused, notices };
}

const reasons = ({ device }: TestDevice) =>
  [...device.state.held.values()].map(({ reason }) =>
    "waitsFor" in reason ? reason.waitsFor : reason.refused,
  );

async function twoDevices(seed: number) {
  const desk = await foundDevice(seed, "Desk");
  const phone = await joinDevice(desk, seed + 1, "Phone");
  await exchange(desk, phone);
  return { desk, phone };
}

async function signersOf(by: TestDevice) {
  return {
    entry: by.device.context.self.signer,
    authority: deriveSigningKeys(await openSigning(by)).authority,
  };
}

/** The record of a device that nobody is behind, and its entry. */
async function admitNobody(
  by: TestDevice,
  logId = by.device.context.epoch.logId,
  seeds = makeDeviceSeeds(by.deps.random),
  probation: number | null = null,
) {
  const identity = identityOf(deriveMetadataKeys(seeds.metadata), deriveSigningKeys(seeds.signing));
  const sponsor = by.device.context.self.signer.publicKey;
  const member = { identity, name: "New", platform: "test", day: 1, sponsor, probation, page: false };
  const { bytes } = makeMemberRecord(member, logId, await signersOf(by));
  return { record: bytes, metadataSeal: by.deps.random(1_192), signingSeal: null };
}

describe("a member entry", () => {
  test("adds the member once, says so, and outlives a restart", async () => {
    const { desk, phone } = await twoDevices(1_100);
    const payload = encodeMemberEntry(await admitNobody(phone));
    const entry = forge(phone, "member", payload);
    const { accepted, notices } = await give(desk, entry);
    expect(accepted).toEqual([true]);
    expect(notices.filter(({ is }) => is === "member-added")).toHaveLength(1);
    expect(desk.device.state.members.size).toBe(3);
    const before = desk.device.state.members;
    // The same record again changes nothing.
    await phone.device.receive([entry]);
    const again = await give(desk, forge(phone, "member", payload));
    expect(again.accepted).toEqual([true]);
    expect(again.notices.filter(({ is }) => is === "member-added")).toEqual([]);
    expect(desk.device.state.members).toEqual(before);
    await reopen(desk);
    expect([...desk.device.state.members.keys()].sort()).toEqual([...before.keys()].sort());
  });

  test("is refused where the vault is full", async () => {
    const { desk, phone } = await twoDevices(1_110);
    for (let i = desk.device.state.members.size; i < MAX_DEVICES; i++) {
      const entry = forge(phone, "member", encodeMemberEntry(await admitNobody(phone)));
      expect((await give(desk, entry)).accepted).toEqual([true]);
      await phone.device.receive([entry]);
    }
    expect(desk.device.state.members.size).toBe(MAX_DEVICES);
    const more = await give(desk, forge(phone, "member", encodeMemberEntry(await admitNobody(phone))));
    expect(more).toMatchObject({ accepted: [false], refused: ["LK-VAULT-LIMIT"] });
    expect(desk.device.state.members.size).toBe(MAX_DEVICES);
  });

  test("is refused with a record for another log, or one that is none", async () => {
    const { desk, phone } = await twoDevices(1_120);
    const foreign = encodeMemberEntry(await admitNobody(phone, new Uint8Array(16)));
    expect((await give(desk, forge(phone, "member", foreign))).refused).toEqual(["LK-EPOCH-SIGNATURE"]);
    expect((await give(desk, forge(phone, "member", [1]))).refused).toEqual(["LK-EPOCH-MALFORMED"]);
    expect(desk.device.state.members.size).toBe(2);
  });
});

describe("an epoch record", () => {
  const recordOf = ({ device }: TestDevice, change: Partial<EpochRecord>): EpochRecord => ({
    ...device.epoch.record,
    number: 2,
    parent: device.epoch.hash,
    reason: "yearly",
    ...change,
  });

  async function forgeRecord(by: TestDevice, maker: TestDevice, change: Partial<EpochRecord> = {}) {
    return forge(by, "epoch-record", makeEpochRecord(recordOf(by, change), await signersOf(maker)).payload);
  }

  test("is noted once, also where its place in the chain is not known yet, and outlives a restart", async () => {
    const { desk, phone } = await twoDevices(1_200);
    const { payload } = makeEpochRecord(recordOf(phone, {}), await signersOf(phone));
    const early = forge(phone, "epoch-record", payload, { seq: 9, prev: new Uint8Array(32).fill(1) });
    const { accepted, notices } = await give(desk, early);
    expect(accepted).toEqual([false]);
    expect(reasons(desk)).toEqual(["previous"]);
    expect(notices.filter(({ is }) => is === "epoch-seen")).toHaveLength(1);
    expect(listGaps(desk.device.state).map(({ seq }) => seq)).toEqual([8]);
    expect(desk.device.state.epochs.size).toBe(2);
    await reopen(desk);
    expect(desk.device.state.epochs.size).toBe(2);
    expect(reasons(desk)).toEqual(["previous"]);
    expect(listGaps(desk.device.state).map(({ seq }) => seq)).toEqual([8]);
    expect((await give(desk, early)).notices.filter(({ is }) => is === "epoch-seen")).toEqual([]);
  });

  test("is refused with a number that does not follow its parent's", async () => {
    const { desk, phone } = await twoDevices(1_210);
    for (const number of [1, 3])
      expect((await give(desk, await forgeRecord(phone, phone, { number }))).refused).toEqual([
        "LK-EPOCH-MALFORMED",
      ]);
    expect(desk.device.state.epochs.size).toBe(1);
  });

  test("is refused where it makes somebody older or younger, whoever else it names", async () => {
    const { desk, phone } = await twoDevices(1_230);
    const [founder] = desk.device.epoch.record.members;
    const member = { record: phone.device.self!.hash, seniority: 1, probation: false };
    const older = [member, { ...founder!, seniority: 7 }];
    expect((await give(desk, await forgeRecord(phone, phone, { members: older }))).refused).toEqual([
      "LK-EPOCH-MALFORMED",
    ]);
    const record = await forgeRecord(phone, phone, { members: [member, founder!] });
    expect((await give(desk, record)).accepted).toEqual([true]);
  });

  test("of a maker that was a member before is noted", async () => {
    const { desk, phone } = await twoDevices(1_240);
    const former = await foundDevice(1_249, "Former");
    const entry = await forgeRecord(phone, former);
    const context = { ...desk.device.context, former: [desk.device.self!, former.device.self!] };
    const { state } = receiveEntries(context, desk.device.state, [entry]);
    expect([...state.epochs.values()].map(({ makerRecord }) => makerRecord)).toContainEqual(
      former.device.self!.hash,
    );
  });

  test("of a maker whom nobody knows waits for it", async () => {
    const { desk, phone } = await twoDevices(1_220);
    const stranger = await foundDevice(1_229, "Stranger");
    expect((await give(desk, await forgeRecord(phone, stranger))).accepted).toEqual([false]);
    expect(reasons(desk)).toEqual(["epoch"]);
  });
});

describe("a readmission", () => {
  test("waits for an epoch that is not known, is taken by the one it is for alone, and outlives a restart", async () => {
    const { desk, phone } = await twoDevices(1_300);
    const unknown = encodeReadmission({
      epochHash: new Uint8Array(32).fill(3),
      entry: await admitNobody(phone),
    });
    await give(desk, forge(phone, "readmission", unknown));
    expect(reasons(desk)).toEqual(["epoch"]);
    expect((await give(desk, forge(phone, "readmission", [1]))).refused).toEqual(["LK-EPOCH-MALFORMED"]);
    const { hash } = desk.device.epoch;
    const other = encodeReadmission({ epochHash: hash, entry: await admitNobody(phone) });
    expect((await give(desk, forge(phone, "readmission", other))).accepted).toEqual([true]);
    expect(desk.device.state.readmissions.size).toBe(0);
    const { identity } = desk.device.self!.member;
    const member = {
      ...desk.device.self!.member,
      sponsor: phone.device.context.self.signer.publicKey,
      identity,
    };
    const { bytes } = makeMemberRecord(member, desk.device.context.epoch.logId, await signersOf(phone));
    const entry = { record: bytes, metadataSeal: phone.deps.random(1_192), signingSeal: null };
    await phone.device.receive([forge(phone, "readmission", other)]);
    const own = forge(phone, "readmission", encodeReadmission({ epochHash: hash, entry }));
    const { notices } = await give(desk, own);
    expect(notices.filter(({ is }) => is === "epoch-seen")).toHaveLength(1);
    expect(desk.device.state.readmissions.get(encodeHex(hash))).toMatchObject({
      metadataSeal: entry.metadataSeal,
    });
    await reopen(desk);
    expect(desk.device.state.readmissions.size).toBe(1);
  });
});

describe("an approval", () => {
  test("waits for a member that nobody knows, and ends a probation once", async () => {
    const { desk, phone } = await twoDevices(1_350);
    const signing = await openSigning(phone);
    const approve = async (record: Uint8Array): Promise<CborValue> => {
      const member = { hash: record, member: desk.device.self!.member };
      return encodeApproval(makeApproval(phone.device, signing, member));
    };
    await give(desk, forge(phone, "approval", await approve(new Uint8Array(32))));
    expect(reasons(desk)).toEqual(["member"]);
    const entry = { ...(await admitNobody(phone, undefined, undefined, 0)), signingSeal: null };
    const member = forge(phone, "member", encodeMemberEntry(entry));
    await give(desk, member);
    await phone.device.receive([member]);
    const added = [...desk.device.state.members.values()].find(({ onProbation }) => onProbation)!;
    const first = forge(phone, "approval", await approve(added.hash));
    const ended = await give(desk, first);
    expect(ended.accepted).toEqual([true]);
    expect(ended.notices.filter(({ is }) => is === "probation-ended")).toHaveLength(1);
    await phone.device.receive([first]);
    const again = await give(desk, forge(phone, "approval", await approve(added.hash)));
    expect(again.accepted).toEqual([true]);
    expect(again.notices.map(({ is }) => is)).toEqual(["accepted"]);
  });
});

describe("what others have seen", () => {
  const tipOfTag = (deviceTag: Uint8Array, seq: number, fill: number): ChainTip => ({
    deviceTag,
    seq,
    hash: new Uint8Array(32).fill(fill),
  });

  test("is a gap where a member's chain is named further than it is here: the highest counts", async () => {
    const { desk, phone } = await twoDevices(1_400);
    const tag = phone.device.context.self.deviceTag;
    const own = tipOf(desk.device.state, tag)?.seq ?? 0;
    const seen = (seq: number, fill: number) =>
      forge(phone, "beacon", null, {
        seen: [tipOfTag(tag, seq, fill)],
        seq: 50,
        prev: new Uint8Array(32).fill(fill),
      });
    await give(desk, seen(own + 60, 1), seen(own + 55, 2));
    expect(listGaps(desk.device.state)[0]).toMatchObject({ seq: own + 60 });
    await give(desk, seen(own + 70, 3));
    expect(listGaps(desk.device.state)[0]).toMatchObject({ seq: own + 70 });
    await reopen(desk);
    expect(listGaps(desk.device.state)[0]).toMatchObject({ seq: own + 70 });
  });

  test("stays a gap until the chain has come so far, and of two that name one number the earlier counts", async () => {
    const { desk, phone } = await twoDevices(1_430);
    const tag = phone.device.context.self.deviceTag;
    const beacon = (seen: readonly ChainTip[], seq: number) =>
      forge(phone, "beacon", null, { seen, seq, prev: new Uint8Array(32).fill(seq) });
    await give(desk, beacon([tipOfTag(tag, 60, 1)], 30), beacon([tipOfTag(tag, 60, 2)], 31));
    const next = forge(phone, "beacon", null);
    expect((await give(desk, next)).accepted).toEqual([true]);
    expect(listGaps(desk.device.state)).toEqual([tipOfTag(tag, 60, 1)]);
  });

  test("stays when an earlier entry of the chain comes, and goes with the one that is named, whoever said so", async () => {
    const { desk, phone } = await twoDevices(1_450);
    const tag = phone.device.context.self.deviceTag;
    const own = tipOf(phone.device.state, tag)?.seq ?? 0;
    const named = tipOfTag(tag, own + 2, 1);
    const first = forge(phone, "beacon", null, { seen: [named] });
    expect((await give(desk, first)).accepted).toEqual([true]);
    expect(listGaps(desk.device.state)).toEqual([named]);
    await phone.device.receive([first]);
    expect((await give(desk, forge(phone, "beacon", null))).accepted).toEqual([true]);
    expect(listGaps(desk.device.state)).toEqual([]);
  });

  test("is nothing about a chain of nobody, or about an entry that is here", async () => {
    const { desk, phone } = await twoDevices(1_410);
    const mine = tipOf(desk.device.state, desk.device.context.self.deviceTag) as ChainTip;
    const entry = forge(phone, "beacon", null, { seen: [tipOfTag(new Uint8Array(8).fill(9), 7, 1), mine] });
    const { accepted, notices } = await give(desk, entry);
    expect(accepted).toEqual([true]);
    expect(listGaps(desk.device.state)).toEqual([]);
    expect(notices.map(({ is }) => is)).toEqual(["accepted"]);
    expect(desk.device.state.forked.size).toBe(0);
  });

  test("is a fork also at the very end of a chain, and where whoever says so waits itself", async () => {
    const { desk, phone } = await twoDevices(1_440);
    await addPasskey(desk, "example.org", "ana");
    const { deviceTag, seq } = tipOf(desk.device.state, desk.device.context.self.deviceTag) as ChainTip;
    const waits = forge(phone, "beacon", null, {
      seen: [tipOfTag(deviceTag, seq, 5)],
      seq: 40,
      prev: new Uint8Array(32).fill(4),
    });
    const { accepted, notices } = await give(desk, waits);
    expect(accepted).toEqual([false]);
    expect(notices).toContainEqual({ is: "device-lives-twice", deviceTag, seq });
    await reopen(desk);
    expect([...desk.device.state.forked]).toEqual([encodeHex(deviceTag)]);
  });

  test("is no fork where the entries of a chain were erased and come again", async () => {
    const { desk, phone } = await twoDevices(1_450);
    const id = await addPasskey(phone, "example.org", "ana");
    await editPasskey(phone.device, id, "title", "a");
    await exchange(desk, phone);
    const erased = { ...desk.device.state, accepted: new Map() };
    const { state } = receiveEntries(desk.device.context, erased, await allEntries(phone));
    expect(state.accepted.size).toBe(desk.device.state.accepted.size);
    expect(state.forked.size).toBe(0);
  });

  test("is a fork where another entry has a number that is here: said once, and remembered", async () => {
    const { desk, phone } = await twoDevices(1_420);
    await addPasskey(desk, "example.org", "ana");
    const tag = desk.device.context.self.deviceTag;
    const fork = tipOfTag(tag, 1, 5);
    const first = await give(desk, forge(phone, "beacon", null, { seen: [fork] }));
    expect(first.notices.filter(({ is }) => is === "device-lives-twice")).toEqual([
      { is: "device-lives-twice", deviceTag: tag, seq: 1 },
    ]);
    await phone.device.receive(await allEntries(desk));
    const second = await give(
      desk,
      forge(phone, "beacon", null, { seen: [fork], seq: 40, prev: new Uint8Array(32).fill(4) }),
    );
    expect(second.notices.filter(({ is }) => is === "device-lives-twice")).toEqual([]);
    await reopen(desk);
    expect([...desk.device.state.forked]).toEqual([encodeHex(tag)]);
  });
});

describe("a chain", () => {
  test("begins with zeros and goes on by one, by the same device", async () => {
    const { desk, phone } = await twoDevices(1_500);
    await addPasskey(phone, "example.org", "ana");
    await exchange(desk, phone);
    const mine = tipOf(desk.device.state, desk.device.context.self.deviceTag) as ChainTip;
    const theirs = tipOf(phone.device.state, phone.device.context.self.deviceTag) as ChainTip;
    for (const place of [
      { seq: 1, prev: new Uint8Array(32).fill(1) },
      { seq: mine.seq + 1, prev: mine.hash },
      { seq: theirs.seq + 2, prev: theirs.hash },
    ]) {
      const { refused } = await give(desk, forge(phone, "beacon", null, place));
      expect(refused).toEqual(["LK-ENTRY-MALFORMED"]);
    }
    expect(new Set(reasons(desk))).toEqual(new Set(["LK-ENTRY-MALFORMED"]));
  });

  test("taken out of order is taken whole", async () => {
    const { desk, phone } = await twoDevices(1_510);
    const known = (await allEntries(phone)).length;
    const id = await addPasskey(phone, "example.org", "ana");
    for (const title of ["a", "b", "c"]) await editPasskey(phone.device, id, "title", title);
    const entries = (await allEntries(phone)).slice(known);
    const { accepted } = await give(desk, ...entries.toReversed());
    expect(accepted).toEqual([false, false, false, true]);
    expect(desk.device.state.held.size).toBe(0);
    expect(desk.device.state.document.get(id)?.title).toBe("c");
    await reopen(desk);
    expect(desk.device.state.held.size).toBe(0);
    expect(listGaps(desk.device.state)).toEqual([]);
  });
});

describe("a copy with another signature", () => {
  /** The signature is not in the hash. */
  function spoil(entry: Uint8Array): Uint8Array {
    const copy = entry.slice();
    copy[copy.length - 1] = (copy[copy.length - 1] as number) ^ 1;
    return copy;
  }

  test("is not the entry, for whoever has that one", async () => {
    const { desk, phone } = await twoDevices(1_650);
    const entry = forge(phone, "beacon", null);
    expect((await give(desk, entry, spoil(entry), entry)).accepted).toEqual([true, false, true]);
    expect(desk.device.state.held.size).toBe(0);
  });

  test("does not take the place of one that waits", async () => {
    const { desk, phone } = await twoDevices(1_660);
    const first = forge(phone, "beacon", null);
    await phone.device.receive([first]);
    const second = forge(phone, "beacon", null);
    await give(desk, second, spoil(second));
    expect(reasons(desk)).toEqual(["previous"]);
    expect((await give(desk, first)).accepted).toEqual([true]);
    expect(desk.device.state.held.size).toBe(0);
  });
});

describe("a flood", () => {
  test("of entries of nobody, or of refused ones, fills no disk", async () => {
    const { desk, phone } = await twoDevices(1_600);
    const tip = tipOf(phone.device.state, phone.device.context.self.deviceTag);
    const place = { seq: (tip?.seq ?? 0) + 1, prev: tip?.hash ?? NO_ENTRY };
    const other = await joinDevice(phone, 1_609, "Other");
    const strangers = Array.from({ length: 300 }, (_, i) =>
      forge(other, "beacon", null, { seq: 5 + i, prev: new Uint8Array(32).fill(1) }),
    );
    // Refused ones and those of members, which wait for something else, take none of the room.
    await desk.device.receive([forge(phone, "member", [2], place)]);
    await desk.device.receive([forge(phone, "beacon", null, { seq: 61, prev: new Uint8Array(32).fill(3) })]);
    await desk.device.receive(strangers);
    expect(reasons(desk).filter((reason) => reason === "member")).toHaveLength(256);
    const wrong = Array.from({ length: 300 }, () => forge(phone, "member", [1], place));
    await desk.device.receive(wrong);
    expect(reasons(desk).filter((reason) => reason === "LK-EPOCH-MALFORMED")).toHaveLength(256);
    expect(desk.device.state.held.size).toBe(513);
    // What waits for a predecessor is a member's, and is kept.
    const early = forge(phone, "beacon", null, { seq: 60, prev: new Uint8Array(32).fill(2) });
    await desk.device.receive([early]);
    expect(desk.device.state.held.size).toBe(514);
  });
});

describe("an operation issued again", () => {
  test("waits while its device is nobody's", async () => {
    const { desk, phone } = await twoDevices(1_700);
    const by = (device: Uint8Array) =>
      encodeReissuePayload([
        { operation: { device, session: new Uint8Array(8), number: 1 }, time: 1, changes: [] },
      ]);
    const known = phone.device.context.self.signer.publicKey;
    expect((await give(desk, forge(phone, "reissue", by(known)))).accepted).toEqual([true]);
    const stranger = forge(phone, "reissue", by(new Uint8Array(32).fill(2)), {
      seq: 70,
      prev: new Uint8Array(32).fill(2),
    });
    await give(desk, stranger);
    expect(reasons(desk)).toEqual(["member"]);
  });

  test("waits with all others in its entry, and each of its changes is looked at", async () => {
    const { desk, phone } = await twoDevices(1_710);
    const known = phone.device.context.self.signer.publicKey;
    const operation = (device: Uint8Array, number: number) => ({
      operation: { device, session: new Uint8Array(8), number },
      time: 1,
      changes: [],
    });
    const mixed = [operation(known, 1), operation(new Uint8Array(32).fill(2), 1)];
    await give(desk, forge(phone, "reissue", encodeReissuePayload(mixed)));
    expect(reasons(desk)).toEqual(["member"]);
    const change = { hash: new Uint8Array(32), bytes: new Uint8Array(40) };
    const spoiled = encodeReissuePayload([{ ...operation(known, 2), changes: [change] }]);
    expect((await give(desk, forge(phone, "reissue", spoiled))).refused).toEqual(["LK-ENTRY-CHANGE"]);
  });
});

test("bytes that are no entry, and entries of another log, change nothing", async () => {
  const { desk } = await twoDevices(1_800);
  const stranger = await foundDevice(1_809, "Stranger");
  const before = desk.device.state;
  expect(await give(desk, new Uint8Array(100))).toMatchObject({
    accepted: [false],
    refused: ["LK-ENTRY-MALFORMED"],
  });
  const foreign = await give(desk, forge(stranger, "beacon", null));
  expect(foreign).toEqual({ accepted: [false], refused: [], notices: [] });
  expect(desk.device.state.held).toEqual(before.held);
  expect(desk.device.state.accepted.size).toBe(before.accepted.size);
});
