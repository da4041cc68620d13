/**
 * Activity logs as JSON Lines, for auditors: one object a line, by the published schema (`docs/audit-log.schema.json`). The file begins with a
 * statement of where each log begins and ends, signed by the device that made it; a file that only grows, as for an organization, has none.
 *
 *   statement signature = Ed25519(exporting device's entry key, [audit-export-signature, ms since 1970, [[device(32), first, last, line hash(32)], …]])
 *
 * Names of devices, sites and accounts stand beside, for reading: nobody signed them.
 */
import { decodeBase64url, encodeBase64url } from "../bytes/text.ts";
import type { CborValue } from "../cbor/codec.ts";
import { HASH_BYTES } from "../crypto/hash.ts";
import { LABELS } from "../crypto/labels.ts";
import {
  isSignedBy,
  SIGNATURE_BYTES,
  SIGNING_PUBLIC_KEY_BYTES,
  type SigningKeyPair,
  signOperands,
} from "../crypto/signature.ts";
import { AUDIT_WORD, SUBJECT_BYTES, hashLine, type SignedLine } from "./audit-line.ts";
import { type AuditProblem, verifyLog } from "./verify-log.ts";

export const AUDIT_FILE_VERSION = 1;
/** Characters of one line of the file: names included, all are far below. */
const MAX_LINE_LENGTH = 8_192;
const MAX_NAME_LENGTH = 1_024;
const MAX_LOGS = 256;

/** What a line is about, for reading. */
export interface AuditNames {
  readonly site?: string | null;
  readonly user?: string | null;
  readonly device?: string | null;
}

export interface LogEnds {
  readonly device: Uint8Array;
  readonly name: string | null;
  readonly first: number;
  readonly last: number;
  /** Of its last line. */
  readonly hash: Uint8Array;
}

const statementOf = (at: number, logs: readonly LogEnds[]): CborValue[] => [
  at,
  logs.map(({ device, first, last, hash }) => [device, first, last, hash]),
];

/** The first line of an export. */
export function formatStatement(signer: SigningKeyPair, at: number, logs: readonly LogEnds[]): string {
  const signature = signOperands(signer, LABELS.auditExportSignature, ...statementOf(at, logs));
  return JSON.stringify({
    type: "statement",
    version: AUDIT_FILE_VERSION,
    made: new Date(at).toISOString(),
    by: encodeBase64url(signer.publicKey),
    logs: logs.map(({ device, name, first, last, hash }) => ({
      device: encodeBase64url(device),
      name,
      first,
      last,
      hash: encodeBase64url(hash),
    })),
    signature: encodeBase64url(signature),
  });
}

/** One line of a log. `names` is left out where nobody is to read them. */
export function formatLine(device: Uint8Array, { line, signature }: SignedLine, names?: AuditNames): string {
  return JSON.stringify({
    type: "line",
    device: encodeBase64url(device),
    number: line.number,
    prev: encodeBase64url(line.prev),
    time: new Date(line.at).toISOString(),
    kind: line.kind,
    subject: line.subject === null ? null : encodeBase64url(line.subject),
    count: line.count,
    word: line.word,
    hash: encodeBase64url(hashLine(device, line)),
    signature: encodeBase64url(signature),
    ...(names === undefined ? {} : { names }),
  });
}

/** What is wrong with a file. `at` counts its lines from 1. */
export type AuditFileProblem =
  | AuditProblem
  | { readonly is: "unreadable" | "statement-edited"; readonly at: number };

export interface AuditFile {
  readonly lines: number;
  /** Entry public keys in base64url. */
  readonly devices: readonly string[];
  /** Who says where the logs end, and when; `null` where nobody does. */
  readonly statement: { readonly by: string; readonly made: string } | null;
  readonly problems: readonly AuditFileProblem[];
}

interface Found {
  readonly device: Uint8Array;
  readonly lines: { readonly number: number; readonly signed: SignedLine | null }[];
}

/** Checks a file with nothing but the file. Never throws: what cannot be read is a problem, and the rest is judged all the same. */
export function verifyAuditFile(rows: Iterable<string>): AuditFile {
  const problems: AuditFileProblem[] = [];
  const found = new Map<string, Found>();
  let statement: ReturnType<typeof parseStatement> = null;
  let at = 0;
  let count = 0;
  for (const text of rows) {
    at++;
    if (text === "") continue;
    const object = parseObject(text);
    if (object?.["type"] === "statement" && at === 1) {
      statement = parseStatement(object);
      if (statement?.isSigned !== true) problems.push({ is: "statement-edited", at });
      continue;
    }
    const parsed = object === null ? null : parseLine(object);
    if (parsed === null) problems.push({ is: "unreadable", at });
    else {
      count++;
      const key = encodeBase64url(parsed.device);
      const log = found.get(key) ?? { device: parsed.device, lines: [] };
      log.lines.push({ number: parsed.signed.line.number, signed: parsed.signed });
      found.set(key, log);
    }
  }
  const ends = statement?.isSigned === true ? statement.logs : [];
  for (const { device, last } of ends) {
    const key = encodeBase64url(device);
    if (last > 0 && !found.has(key)) found.set(key, { device, lines: [] });
  }
  for (const [key, log] of found) problems.push(...verifyFound(key, log, ends));
  return {
    lines: count,
    devices: [...found.keys()],
    statement: statement === null ? null : { by: statement.by, made: statement.made },
    problems,
  };
}

function verifyFound(
  key: string,
  { device, lines }: Found,
  ends: readonly LogEnds[],
): readonly AuditProblem[] {
  const end = ends.find((each) => encodeBase64url(each.device) === key);
  const ordered = lines.toSorted((a, b) => a.number - b.number);
  const tip = end === undefined ? null : { number: end.last, hash: end.hash };
  return verifyLog({ device, lines: ordered, first: end?.first ?? null, tip });
}

type Json = Readonly<Record<string, unknown>>;

function parseObject(text: string): Json | null {
  if (text.length > MAX_LINE_LENGTH) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : null;
  } catch {
    return null;
  }
}

const LINE_NAMES = new Set(
  "type device number prev time kind subject count word hash signature names".split(" "),
);

function parseLine(object: Json): { readonly device: Uint8Array; readonly signed: SignedLine } | null {
  if (object["type"] !== "line" || Object.keys(object).some((name) => !LINE_NAMES.has(name))) return null;
  const device = bytesOf(object["device"], SIGNING_PUBLIC_KEY_BYTES);
  const prev = bytesOf(object["prev"], HASH_BYTES);
  const hash = bytesOf(object["hash"], HASH_BYTES);
  const signature = bytesOf(object["signature"], SIGNATURE_BYTES);
  const subject = object["subject"] === null ? null : bytesOf(object["subject"], SUBJECT_BYTES);
  const { number, kind, count, word } = object;
  const at = timeOf(object["time"]);
  const isWhole =
    device !== null &&
    prev !== null &&
    hash !== null &&
    signature !== null &&
    at !== null &&
    (object["subject"] === null || subject !== null) &&
    isCount(number) &&
    number > 0 &&
    isWord(kind) &&
    (count === null || isCount(count)) &&
    (word === null || isWord(word)) &&
    areNames(object["names"]);
  if (!isWhole) return null;
  const signed = { line: { number, prev, at, kind, subject, count, word }, signature };
  // The hash is said for reading; the line has to be the one that it is said of.
  return encodeBase64url(hashLine(device, signed.line)) === object["hash"]
    ? { device, signed }
    : { device, signed: { ...signed, signature: new Uint8Array(SIGNATURE_BYTES) } };
}

function parseStatement(object: Json) {
  const by = bytesOf(object["by"], SIGNING_PUBLIC_KEY_BYTES);
  const signature = bytesOf(object["signature"], SIGNATURE_BYTES);
  const at = timeOf(object["made"]);
  const entries: unknown = object["logs"];
  if (object["version"] !== AUDIT_FILE_VERSION || by === null || signature === null || at === null)
    return null;
  if (!Array.isArray(entries) || entries.length > MAX_LOGS) return null;
  const logs: LogEnds[] = [];
  for (const entry of entries as readonly unknown[]) {
    if (typeof entry !== "object" || entry === null) return null;
    const { device: key, name, first, last, hash: text } = entry as Json;
    const device = bytesOf(key, SIGNING_PUBLIC_KEY_BYTES);
    const hash = bytesOf(text, HASH_BYTES);
    if (device === null || hash === null || !isCount(first) || !isCount(last) || !isName(name)) return null;
    logs.push({ device, name, first, last, hash });
  }
  const isSigned = isSignedBy(by, signature, LABELS.auditExportSignature, ...statementOf(at, logs));
  return { by: encodeBase64url(by), made: new Date(at).toISOString(), logs, isSigned };
}

function bytesOf(value: unknown, length: number): Uint8Array | null {
  const bytes = typeof value === "string" && value.length <= 2 * length ? decodeBase64url(value) : null;
  return bytes?.length === length ? bytes : null;
}

/** Exactly as `toISOString` writes it: a moment has one text. */
function timeOf(value: unknown): number | null {
  const at = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isSafeInteger(at) && at >= 0 && new Date(at).toISOString() === value ? at : null;
}

const isCount = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
const isWord = (value: unknown): value is string => typeof value === "string" && AUDIT_WORD.test(value);
const isName = (value: unknown): value is string | null =>
  value === null || (typeof value === "string" && value.length <= MAX_NAME_LENGTH);

function areNames(value: unknown): boolean {
  if (value === undefined) return true;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.entries(value).every(
    ([name, text]) => ["site", "user", "device"].includes(name) && isName(text),
  );
}
