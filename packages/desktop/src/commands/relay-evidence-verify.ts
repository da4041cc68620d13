/**
 * `latchkey relay evidence verify`: checks a file of evidence with nothing but the file, and tells apart what it proves and what a device only says
 * (`core/device/verify-evidence.ts`).
 */
import { readFileSync } from "node:fs";
import { encodeHex } from "@latchkey/core/bytes/text";
import { type VerifiedEvidence, verifyEvidence } from "@latchkey/core/device/verify-evidence";
import { VaultError } from "@latchkey/core/errors";
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { relayEvidenceVerifySpec } from "../cli/specs/relay-evidence.ts";
import type { JsonObject } from "../terminal/json.ts";
import { countOf, renderFacts, textOf } from "./facts.ts";

/** Hex digits of a key or id: for comparing by eye. */
const SHOWN_DIGITS = 16;

export async function run(
  _context: CommandContext,
  { positionals }: InputOf<typeof relayEvidenceVerifySpec>,
): Promise<Outcome> {
  const statements = verifyEvidence(read(positionals.file)).map(describe);
  return {
    data: { file: positionals.file, statements },
    text: () =>
      statements.length === 0
        ? "the file is whole and holds no statement"
        : statements.map(render).join("\n\n"),
  };
}

function read(path: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(path));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new VaultError("LK-EXPORT-FILE", `${path}: ${code ?? "failed"}`, { cause: error });
  }
}

const shorten = (bytes: Uint8Array): string => encodeHex(bytes).slice(0, SHOWN_DIGITS);

function describe(evidence: VerifiedEvidence): JsonObject {
  const { kind, at, origin, instanceId, logId, highest, head, device, entries } = evidence;
  const { proven, said } = WORDS[kind](evidence);
  return {
    kind,
    at: new Date(at).toISOString(),
    relay: origin,
    instanceId: encodeHex(instanceId),
    room: encodeHex(logId),
    highest,
    head,
    device: encodeHex(device),
    entries: entries.map((entry) => ({
      cursor: entry.cursor,
      seq: entry.seq,
      hash: encodeHex(entry.hash),
      author: encodeHex(entry.author),
    })),
    proven,
    said,
  };
}

interface Words {
  readonly proven: string;
  readonly said: string | null;
}

const WORDS: Readonly<Record<VerifiedEvidence["kind"], (evidence: VerifiedEvidence) => Words>> = {
  "acknowledged-without-storing": ({ entries, origin }) => ({
    proven: `${countOf(entries.length, "change")} of devices of this room exist, each signed by its device`,
    said: `${origin ?? "a relay"} said that it stored them and later did not give them back; a relay signs nothing, and a member may have emptied the room`,
  }),
  "rolled-back": ({ origin, highest, head }) => ({
    proven: "nothing but who says it",
    said: `${origin ?? "a relay"} had come to place ${highest} and later showed itself at ${head}, as the same relay with the same data; it signs nothing`,
  }),
  "altered-copy": ({ entries: [entry] }) => ({
    proven: `these bytes are not what device ${shorten(entry?.author ?? new Uint8Array())} signed as its number ${entry?.seq ?? 0}`,
    said: "they came from a relay; anybody between can have changed them",
  }),
  "two-entries": ({ entries: [entry] }) => ({
    proven: `one key, ${shorten(entry?.author ?? new Uint8Array())}, signed two changes as its number ${entry?.seq ?? 0}: a copy of that device exists, which is no relay's doing`,
    said: null,
  }),
};

const render = (statement: JsonObject): string =>
  renderFacts([
    ["statement", textOf(statement["kind"])],
    ["by device", `${textOf(statement["device"]).slice(0, SHOWN_DIGITS)}…, whose signature is right`],
    ["on", textOf(statement["at"])],
    ["relay", statement["relay"] === null ? null : textOf(statement["relay"])],
    ["proven", textOf(statement["proven"])],
    ["said", statement["said"] === null ? null : textOf(statement["said"])],
  ]);
