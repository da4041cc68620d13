/** The activity log: lines, batches, files; what is taken out or changed is found and named. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { takeBatch, encodeBatch, verifyBatch } from "../../src/audit/audit-batch.ts";
import { formatLine, formatStatement, verifyAuditFile } from "../../src/audit/audit-json.ts";
import { AUDIT_KINDS } from "../../src/audit/audit-kinds.ts";
import {
  type AuditLine,
  decodeSignedLine,
  encodeSignedLine,
  hashLine,
  NO_LINE,
  type SignedLine,
  signLine,
} from "../../src/audit/audit-line.ts";
import { verifyLog } from "../../src/audit/verify-log.ts";
import { decodeCbor, encodeCbor } from "../../src/cbor/codec.ts";
import { encodeBase64url } from "../../src/bytes/text.ts";
import { deriveSigningKeyPair } from "../../src/crypto/signature.ts";

const signer = deriveSigningKeyPair(new Uint8Array(32).fill(7));
const other = deriveSigningKeyPair(new Uint8Array(32).fill(8));
const AT = 1_790_000_000_000;

function makeLog(length: number, by = signer): SignedLine[] {
  const lines: SignedLine[] = [];
  let prev = NO_LINE;
  for (let number = 1; number <= length; number++) {
    const line: AuditLine = {
      number,
      prev,
      at: AT + number,
      kind: AUDIT_KINDS[number % AUDIT_KINDS.length] ?? "unlock",
      subject: number % 2 === 0 ? new Uint8Array(16).fill(number) : null,
      count: number % 3 === 0 ? number : null,
      word: number % 5 === 0 ? "title" : null,
    };
    lines.push(signLine(by, line));
    prev = hashLine(by.publicKey, line);
  }
  return lines;
}

const found = (lines: readonly SignedLine[], last = lines.length) => ({
  device: signer.publicKey,
  first: 1,
  tip: { number: last, hash: hashLine(signer.publicKey, (makeLog(last).at(-1) as SignedLine).line) },
  lines: lines.map((signed) => ({ number: signed.line.number, signed })),
});
const is = (lines: readonly SignedLine[], last?: number) =>
  verifyLog(found(lines, last)).map((problem) => [problem.is, problem.number, problem.last]);

describe("a log", () => {
  test("that is whole has no problem", () => expect(is(makeLog(9))).toEqual([]));

  test("names each line that was taken out", () => {
    const log = makeLog(9);
    expect(is(log.filter(({ line }) => line.number !== 4))).toEqual([["missing", 4, 4]]);
    expect(is(log.filter(({ line }) => line.number < 3 || line.number > 6))).toEqual([["missing", 3, 6]]);
    expect(is(log.slice(2))).toEqual([["missing", 1, 2]]);
    expect(is(log.slice(0, 7), 9)).toEqual([["missing", 8, 9]]);
  });

  test("names the line that was changed, and no other", () => {
    const log = makeLog(9);
    const spoiled = (change: Partial<AuditLine>) =>
      log.map((signed) =>
        signed.line.number === 5 ? { ...signed, line: { ...signed.line, ...change } } : signed,
      );
    for (const change of [
      { at: AT },
      { kind: "unlock" },
      { count: 99 },
      { word: "note" },
      { subject: NO_LINE },
    ])
      expect(is(spoiled(change))).toEqual([["edited", 5, 5]]);
  });

  test("names a line that another device signed", () => {
    const log = makeLog(9);
    const theirs = makeLog(9, other);
    expect(is(log.map((signed, i) => (i === 4 ? (theirs[4] as SignedLine) : signed)))).toEqual([
      ["edited", 5, 5],
    ]);
  });

  test("names two histories of one device", () => {
    const log = makeLog(6);
    const line = { ...(log[5] as SignedLine).line, kind: "export" };
    expect(is([...log, signLine(signer, line)], 6)).toEqual([["twice", 6, 6]]);
    expect(is([...log.slice(0, 5), signLine(signer, line)])).toEqual([["does-not-follow", 6, 6]]);
    expect(
      is([
        ...log.slice(0, 4),
        signLine(signer, { ...(log[4] as SignedLine).line, at: 1 }),
        log[5] as SignedLine,
      ]),
    ).toEqual([["does-not-follow", 6, 6]]);
  });

  test("names a damaged row", () => {
    const { lines, ...rest } = found(makeLog(3));
    expect(
      verifyLog({ ...rest, lines: lines.map((each, i) => (i === 1 ? { ...each, signed: null } : each)) }),
    ).toEqual([expect.objectContaining({ is: "damaged", number: 2 })]);
  });

  test("may begin later, where the first ones went by their age", () => {
    expect(verifyLog({ ...found(makeLog(9).slice(4)), first: 5, tip: null })).toEqual([]);
    expect(verifyLog({ ...found(makeLog(9).slice(4)), first: null, tip: null })).toEqual([]);
  });
});

describe("a line", () => {
  test("comes back as it was written", () => {
    for (const signed of makeLog(12))
      expect(decodeSignedLine(decodeCbor(encodeCbor(encodeSignedLine(signed))))).toEqual(signed);
  });

  test.each([
    ["a kind that is no word", { kind: "Sign in!" }],
    ["a word with a site in it", { word: "example.org" }],
    ["number 0", { number: 0 }],
    ["a short subject", { subject: new Uint8Array(15) }],
  ])("with %s is malformed", (_, change) => {
    const [signed] = makeLog(1) as [SignedLine];
    const value = encodeSignedLine({ ...signed, line: { ...signed.line, ...change } });
    expect(() => decodeSignedLine(value)).toThrow(expect.objectContaining({ code: "LK-CBOR-INVALID" }));
  });
});

describe("a batch", () => {
  test("is verified as its author's, in order and without a gap", () => {
    const log = makeLog(5);
    expect(verifyBatch(signer.publicKey, encodeBatch(log.slice(2)))).toEqual(log.slice(2));
    expect(verifyBatch(signer.publicKey, [])).toEqual([]);
    for (const wrong of [
      [log[0], log[2]],
      [log[1], log[0]],
      makeLog(2, other),
      [{ ...log[0], signature: new Uint8Array(64) }],
    ])
      expect(() => verifyBatch(signer.publicKey, encodeBatch(wrong as SignedLine[]))).toThrow(
        expect.objectContaining({ code: "LK-ENTRY-MALFORMED" }),
      );
  });

  test("of any bytes at all is read or refused, nothing else", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          verifyBatch(signer.publicKey, decodeCbor(bytes));
        } catch (error) {
          expect(error).toMatchObject({
            code: expect.stringMatching(/^LK-(?:ENTRY-MALFORMED|CBOR-INVALID)$/),
          });
        }
      }),
    );
  });

  test("takes as many lines as an entry holds", () => {
    const log = makeLog(600);
    const taken = takeBatch(log);
    expect(taken.length).toBeLessThan(600);
    expect(encodeCbor(encodeBatch(taken)).length).toBeLessThan(49_200);
  });
});

describe("an exported file", () => {
  const log = makeLog(6);
  const ends = {
    device: signer.publicKey,
    name: "Desk",
    first: 1,
    last: 6,
    hash: hashLine(signer.publicKey, (log[5] as SignedLine).line),
  };
  const rows = [
    formatStatement(signer, AT, [ends]),
    ...log.map((signed) => formatLine(signer.publicKey, signed, { site: "example.org", user: null })),
  ];
  const problemsOf = (changed: readonly string[]) => verifyAuditFile(changed).problems;
  const device = encodeBase64url(signer.publicKey);

  test("is whole", () => {
    expect(verifyAuditFile(rows)).toEqual({
      lines: 6,
      devices: [device],
      statement: { by: device, made: new Date(AT).toISOString() },
      problems: [],
    });
  });

  test("names a line that was taken out, at its end too", () => {
    expect(problemsOf(rows.toSpliced(3, 1))).toEqual([{ device, is: "missing", number: 3, last: 3 }]);
    expect(problemsOf(rows.slice(0, -2))).toEqual([{ device, is: "missing", number: 5, last: 6 }]);
    expect(problemsOf(rows.slice(0, 1))).toEqual([{ device, is: "missing", number: 1, last: 6 }]);
  });

  test.each([
    ["kind", `"kind":"create"`, `"kind":"delete"`],
    ["time", "2026", "2025"],
    ["count", `"count":3`, `"count":4`],
    ["hash", `"hash":"`, `"hash":"A`],
  ])("names a line whose %s was changed", (_, from, to) => {
    const at = rows.findIndex((row, i) => i > 1 && row.includes(from));
    const problems = problemsOf(rows.with(at, (rows[at] as string).replace(from, to)));
    expect(problems.length).toBeGreaterThan(0);
    expect(problems[0]).toMatchObject(
      from.includes("hash") ? { is: "unreadable", at: at + 1 } : { is: "edited", number: at },
    );
  });

  test("says when the statement of its ends was changed", () => {
    const shorter = formatStatement(other, AT, [{ ...ends, last: 5 }]).replace(
      encodeBase64url(other.publicKey),
      device,
    );
    expect(problemsOf(rows.with(0, shorter))).toEqual([{ is: "statement-edited", at: 1 }]);
    expect(problemsOf(rows.with(0, (rows[0] as string).replace(`"last":6`, `"last":5`)))[0]).toEqual({
      is: "statement-edited",
      at: 1,
    });
  });

  test("without a statement, as a folder of an organization has it, is judged as far as it goes", () => {
    expect(verifyAuditFile(rows.slice(1))).toMatchObject({ statement: null, problems: [] });
    expect(verifyAuditFile([])).toMatchObject({ lines: 0, problems: [] });
  });

  test("of any text is judged, never thrown at", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.json(), fc.constantFrom(...rows)), { maxLength: 8 }),
        (some) => {
          verifyAuditFile(some);
        },
      ),
    );
    expect(problemsOf(["x".repeat(9_000)])).toEqual([{ is: "unreadable", at: 1 }]);
    expect(problemsOf([`{"type":"line","extra":1}`])).toEqual([{ is: "unreadable", at: 1 }]);
  });
});
