/**
 * What `--json` prints: one line on stdout, `{"schema":1,"ok":true,…}` or the error as data. Changes only add fields, so a program
 * that reads schema 1 keeps working.
 */
import type { JsonObject, JsonValue } from "@latchkey/device-host/json";
import { stringifyPrintable } from "./printable.ts";
import { UsageError } from "./usage-error.ts";

const SCHEMA = 1;

export type { JsonObject, JsonValue } from "@latchkey/device-host/json";

/** `fields`: what `--json=a,b` names; empty for everything. Throws `LK-CLI-USAGE` for a name that is not there. */
export function renderResult(data: JsonObject, fields: readonly string[]): string {
  return stringifyPrintable({
    schema: SCHEMA,
    ok: true,
    ...(fields.length === 0 ? data : pickFields(data, fields)),
  });
}

export interface Failure {
  readonly code: string;
  /** The developer's words: which thing, and how much of it. */
  readonly message: string;
  /** The person's words, as on stderr. */
  readonly text: string;
  readonly hint: string;
}

export function renderFailure(failure: Failure): string {
  return stringifyPrintable({ schema: SCHEMA, ok: false, ...failure });
}

/** Where the result is a list of things and nothing else, the fields are those of the things; else they are the result's own. */
function pickFields(data: JsonObject, fields: readonly string[]): JsonObject {
  const [first, ...others] = Object.entries(data);
  if (first === undefined || others.length > 0 || !isObjectList(first[1]))
    return pick(data, fields, new Set(Object.keys(data)));
  const [name, items] = first;
  const known = new Set(items.flatMap((item) => Object.keys(item)));
  // An empty list has no fields to be wrong about.
  return { [name]: items.map((item) => pick(item, fields, known)) };
}

function pick(from: JsonObject, fields: readonly string[], known: ReadonlySet<string>): JsonObject {
  const unknown = fields.find((field) => !known.has(field));
  if (unknown !== undefined) {
    throw new UsageError(`there is no field ${unknown}`, `the fields are ${[...known].join(", ")}`);
  }
  return Object.fromEntries(fields.map((field) => [field, from[field] ?? null]));
}

const isObject = (value: JsonValue): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isObjectList = (value: JsonValue): value is readonly JsonObject[] =>
  Array.isArray(value) && value.every(isObject);
