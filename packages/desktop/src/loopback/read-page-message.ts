/** Reads what a page sends: strictly, for any program on this machine can open a socket. */
import type { PageMessage } from "@latchkey/web-ui/link/app-message";
import { VaultError } from "@latchkey/core/errors";
import type { JsonObject } from "../terminal/json.ts";

const MAX_METHOD = 64;
/** A passphrase, a code, or a part of a file in base64url. */
const MAX_ANSWER = 90_000;

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const FIELDS: Readonly<Record<string, readonly string[]>> = {
  call: ["id", "method", "params", "type"],
  answer: ["answer", "id", "type"],
  cancel: ["id", "type"],
  "more-time": ["id", "type"],
};

/** Throws `LK-CLI-HOST`. */
export function readPageMessage(text: string): PageMessage {
  const message = parse(text);
  const { type, id, method, params, answer } = message;
  const names = typeof type === "string" && Object.hasOwn(FIELDS, type) ? FIELDS[type] : undefined;
  if (names === undefined || Object.keys(message).sort().join(" ") !== names.join(" "))
    throw refuse("is of no known form");
  if (!Number.isSafeInteger(id) || (id as number) < 0) throw refuse("has no number");
  if (type === "call") {
    if (typeof method !== "string" || method.length > MAX_METHOD || !isObject(params))
      throw refuse("names no method");
    return { type, id: id as number, method, params: params as JsonObject };
  }
  if (type === "answer") {
    if (typeof answer !== "string" || answer.length > MAX_ANSWER) throw refuse("has no answer");
    return { type, id: id as number, answer };
  }
  return { type: type as "cancel" | "more-time", id: id as number };
}

function parse(text: string): Fields {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // Refused below like all the rest.
  }
  throw refuse("is no object");
}

const refuse = (problem: string): VaultError => new VaultError("LK-CLI-HOST", `page's message ${problem}`);
