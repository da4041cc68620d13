/** Rival epochs (sync-protocol.md § 6): every device that has the same records takes the same one, or none by itself. */
import { describe, expect, test } from "vitest";
import { encodeHex } from "../../src/bytes/text.ts";
import { type EpochReason, type EpochRecord, NO_PARENT } from "../../src/membership/epoch-record.ts";
import { judgeEpochs, type JudgedEpoch } from "../../src/membership/rivals.ts";

const bytes = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const DESK = bytes(0xd0);
const LAPTOP = bytes(0x1a);
const PHONE = bytes(0xf0);
const ALL = [DESK, LAPTOP, PHONE];

function epoch(
  hash: number,
  parent: Uint8Array,
  maker: Uint8Array,
  removed: readonly Uint8Array[] = [],
  reason: EpochReason = "removal",
): JudgedEpoch {
  const left = ALL.filter((member) => !removed.includes(member));
  const members = left.map((record) => ({ record, seniority: ALL.indexOf(record), probation: false }));
  const record = { parent, reason, members, removed } as Partial<EpochRecord> as EpochRecord;
  return { hash: bytes(hash), record, makerRecord: maker };
}

const root = epoch(1, NO_PARENT, DESK, [], "founded");

/** What is decided, in every order in which the records can have come. */
function judge(...epochs: JudgedEpoch[]): string {
  const results = permute(epochs).map((order) => {
    const judged = judgeEpochs(root, order);
    return "winner" in judged ? encodeHex(judged.winner.hash.subarray(0, 1)) : "undecided";
  });
  expect(new Set(results).size).toBe(1);
  return results[0] as string;
}

function permute<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, i) => permute(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));
}

describe("of several records on one parent", () => {
  test("a single one counts, and its children after it", () => {
    const second = epoch(2, root.hash, LAPTOP);
    expect(judge()).toBe("01");
    expect(judge(second)).toBe("02");
    expect(judge(second, epoch(3, second.hash, PHONE))).toBe("03");
  });

  test("the older maker's counts, then the lower hash", () => {
    expect(judge(epoch(2, root.hash, LAPTOP), epoch(3, root.hash, DESK))).toBe("03");
    expect(judge(epoch(3, root.hash, DESK), epoch(2, root.hash, DESK))).toBe("02");
  });

  test("a record falls whose maker another one puts out, older or not", () => {
    expect(judge(epoch(2, root.hash, DESK, [], "size"), epoch(3, root.hash, PHONE, [DESK]))).toBe("03");
  });

  test("a record falls whose maker is put out further down another chain", () => {
    const junior = epoch(3, root.hash, PHONE, [], "yearly");
    const removal = epoch(4, junior.hash, PHONE, [DESK]);
    expect(judge(epoch(2, root.hash, DESK, [], "size"), junior, removal)).toBe("04");
  });

  test("two that put each other's makers out leave it to the person", () => {
    expect(judge(epoch(2, root.hash, DESK, [PHONE]), epoch(3, root.hash, PHONE, [DESK]))).toBe("undecided");
  });

  test("none left: they are all named, for the person to choose", () => {
    const rivals = [epoch(2, root.hash, DESK, [PHONE]), epoch(3, root.hash, PHONE, [DESK])];
    expect(judgeEpochs(root, rivals)).toEqual({ undecided: rivals });
    expect(judgeEpochs(root, rivals, ({ hash }) => hash === rivals[1]?.hash)).toEqual({ winner: rivals[1] });
  });

  test("a record that puts its own maker out does not strike itself", () => {
    expect(judge(epoch(2, root.hash, DESK, [DESK]), epoch(3, root.hash, PHONE))).toBe("02");
  });

  test("three that beat each other in a circle leave it to the person", () => {
    const circle = [
      epoch(2, root.hash, DESK, [LAPTOP]),
      epoch(3, root.hash, LAPTOP, [PHONE]),
      epoch(4, root.hash, PHONE, [DESK]),
    ];
    expect(judge(...circle)).toBe("undecided");
  });

  test("a record of the recovery page gives way", () => {
    expect(judge(epoch(2, root.hash, DESK, [], "recovery"), epoch(3, root.hash, PHONE))).toBe("03");
  });

  test("a maker whom the parent does not name is the youngest", () => {
    const newcomer = bytes(0x77);
    expect(judge(epoch(2, root.hash, newcomer), epoch(3, root.hash, PHONE))).toBe("03");
  });
});
