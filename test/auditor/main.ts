/**
 * A second program that checks an exported activity log, as an auditor would write it: from docs/audit-log.schema.json alone, with none of
 * Latchkey's code. The canonical CBOR is that of the second reader, which shares nothing with the program either.
 *
 *   node with-node.mjs test/auditor/main.ts activity.jsonl          ends with 0 when all is well, with 8 and a line for each problem when not
 */
import { createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { blake2b256 } from "./blake2b.ts";
import { findSchemaProblems, type Schema } from "./json-schema.ts";
import { encode, type Item } from "../second-reader/cbor.ts";

const SCHEMA = JSON.parse(
  readFileSync(new URL("../../docs/audit-log.schema.json", import.meta.url), "utf8"),
) as Schema;

interface Line {
  readonly type: "line";
  readonly device: string;
  readonly number: number;
  readonly prev: string;
  readonly time: string;
  readonly kind: string;
  readonly subject: string | null;
  readonly count: number | null;
  readonly word: string | null;
  readonly hash: string;
  readonly signature: string;
}

interface Statement {
  readonly type: "statement";
  readonly made: string;
  readonly by: string;
  readonly logs: readonly { device: string; first: number; last: number; hash: string }[];
  readonly signature: string;
}

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64url"));
const text = (data: Uint8Array): string => Buffer.from(data).toString("base64url");
const hash = (label: string, ...operands: readonly Item[]): Uint8Array =>
  blake2b256(encode([label, ...operands]));

function isSigned(key: string, signature: string, operands: Item): boolean {
  const publicKey = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: key }, format: "jwk" });
  return verify(null, encode(operands), publicKey, bytes(signature));
}

/** Problems of a file's text, one sentence each. */
export function audit(file: string): string[] {
  const problems: string[] = [];
  const logs = new Map<string, Line[]>();
  let statement: Statement | null = null;
  if (!file.endsWith("\n")) problems.push("the file does not end with a line feed");
  file.split("\n").forEach((row, i) => {
    if (row === "") return;
    let value: unknown;
    try {
      value = JSON.parse(row);
    } catch {
      return void problems.push(`line ${i + 1} of the file is not JSON`);
    }
    const wrong = findSchemaProblems(SCHEMA, value);
    if (wrong.length > 0)
      return void problems.push(`line ${i + 1} of the file is not by the schema: ${wrong[0]}`);
    const object = value as Line | Statement;
    if (object.type === "line") logs.set(object.device, [...(logs.get(object.device) ?? []), object]);
    else if (i === 0) statement = object;
    else problems.push(`line ${i + 1} of the file is a statement, which stands first`);
    return undefined;
  });
  for (const [device, lines] of logs) problems.push(...auditLog(device, lines));
  return [...problems, ...auditEnds(statement, logs)];
}

function auditLog(device: string, lines: readonly Line[]): string[] {
  const problems: string[] = [];
  const say = (number: number, what: string): void => void problems.push(`${device} line ${number} ${what}`);
  const sorted = [...lines].sort((a, b) => a.number - b.number);
  sorted.forEach((line, i) => {
    const subject = line.subject === null ? null : bytes(line.subject);
    const made = hash("latchkey/audit-line/1", bytes(device), [
      line.number,
      bytes(line.prev),
      Date.parse(line.time),
      line.kind,
      subject,
      line.count,
      line.word,
    ]);
    if (text(made) !== line.hash) say(line.number, "does not have its hash");
    if (!isSigned(device, line.signature, ["latchkey/audit-signature/1", made]))
      say(line.number, "is not signed by its device");
    const before = sorted[i - 1];
    if (line.number === 1 && line.prev !== text(new Uint8Array(32))) say(1, "names a line before it");
    if (before === undefined) return;
    if (line.number !== before.number + 1) say(before.number + 1, "is missing or there twice");
    else if (line.prev !== before.hash) say(line.number, "does not follow the line before it");
  });
  return problems;
}

function auditEnds(statement: Statement | null, logs: ReadonlyMap<string, readonly Line[]>): string[] {
  if (statement === null) return [];
  const { by, made, signature } = statement;
  const ends = statement.logs.map((log): Item => [bytes(log.device), log.first, log.last, bytes(log.hash)]);
  if (!isSigned(by, signature, ["latchkey/audit-export-signature/1", Date.parse(made), ends]))
    return ["the statement is not signed by who made it"];
  return statement.logs.flatMap(({ device, first, last, hash: tip }) => {
    if (last === 0) return [];
    const lines = logs.get(device) ?? [];
    const has = (number: number): Line | undefined => lines.find((line) => line.number === number);
    return [
      ...(has(first) === undefined ? [`${device} line ${first} is missing: the log begins with it`] : []),
      ...(has(last)?.hash === tip ? [] : [`${device} line ${last} is missing: the log ends with it`]),
    ];
  });
}

if (import.meta.main) {
  const problems = audit(readFileSync(process.argv[2] ?? "", "utf8"));
  for (const problem of problems) console.log(problem);
  if (problems.length === 0) console.log("every line is signed by its device and follows the one before it");
  process.exitCode = problems.length === 0 ? 0 : 8;
}
