/**
 * The messages between a command and the host that has the vault open (`latchkey up`). Strict: a message has its own fields and no
 * others.
 *
 *   command                          host
 *   hello {version}             →
 *                               ←    hello {version}
 *   call {method, params}       →
 *                               ←    tell {event}              any number
 *                               ←    ask {kind, question}      any number, one at a time
 *   answer {answer}             →                              or
 *   refuse {code, message}      →
 *                               ←    result {value}            or
 *                               ←    error {code, message}
 *
 * One call at a time on a connection, any number one after another.
 */
import { ERROR_CODES, type ErrorCode, VaultError } from "@latchkey/core/errors";
import type { JsonObject, JsonValue } from "../terminal/json.ts";

/** Rises when a message changes. Host and command are one program, so they only differ while an update is under way. */
export const CONTROL_VERSION = 1;

/**
 * What a host asks of the person at the command: a passphrase or a file's password (not shown), a code, or consent. A `request` is for the command
 * itself: the next request of the program that it serves, or the next part of a file.
 */
export type PromptKind = "passphrase" | "code" | "password" | "confirm" | "request";
export type AnswerTo<K extends PromptKind> = K extends "confirm" ? boolean : string;

export interface Ask {
  readonly type: "ask";
  readonly kind: PromptKind;
  readonly question: string;
}

export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
}

export type CommandMessage =
  | { readonly type: "hello"; readonly version: number }
  | { readonly type: "call"; readonly method: string; readonly params: JsonObject }
  | { readonly type: "answer"; readonly answer: string | boolean }
  | ({ readonly type: "refuse" } & Failure);

export type HostMessage =
  | { readonly type: "hello"; readonly version: number }
  | { readonly type: "tell"; readonly event: JsonValue }
  | Ask
  | { readonly type: "result"; readonly value: JsonValue }
  | ({ readonly type: "error" } & Failure);

const MAX_NAME = 64;
const MAX_TEXT = 4_096;
/** The longest CTAP2 request, 64 KiB, in base64url. */
const MAX_ANSWER = 90_000;

type Check = (value: unknown) => boolean;
const isVersion: Check = (value) => Number.isSafeInteger(value) && (value as number) > 0;
const isName: Check = (value) => typeof value === "string" && value.length > 0 && value.length <= MAX_NAME;
const isText: Check = (value) => typeof value === "string" && value.length <= MAX_TEXT;
const isObject: Check = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isJson: Check = (value) => value !== undefined;
const KINDS: readonly unknown[] = [
  "passphrase",
  "code",
  "password",
  "confirm",
  "request",
] satisfies PromptKind[];
const isKind: Check = (value) => KINDS.includes(value);
const isAnswer: Check = (value) =>
  typeof value === "boolean" || (typeof value === "string" && value.length <= MAX_ANSWER);

const COMMAND_MESSAGES = {
  hello: { version: isVersion },
  call: { method: isName, params: isObject },
  answer: { answer: isAnswer },
  refuse: { code: isName, message: isText },
};
const HOST_MESSAGES = {
  hello: { version: isVersion },
  tell: { event: isJson },
  ask: { kind: isKind, question: isText },
  result: { value: isJson },
  error: { code: isName, message: isText },
};

/** Throws `LK-CLI-HOST`. */
export function readCommandMessage(value: unknown): CommandMessage {
  return readMessage(value, COMMAND_MESSAGES) as CommandMessage;
}

/** Throws `LK-CLI-HOST`. */
export function readHostMessage(value: unknown): HostMessage {
  return readMessage(value, HOST_MESSAGES) as HostMessage;
}

function readMessage(
  value: unknown,
  known: Readonly<Record<string, Readonly<Record<string, Check>>>>,
): unknown {
  const message = isObject(value) ? (value as Record<string, unknown>) : {};
  const type = message["type"];
  const fields = typeof type === "string" && Object.hasOwn(known, type) ? known[type] : undefined;
  if (fields === undefined) throw new VaultError("LK-CLI-HOST", "control message is of no known type");
  const names = Object.keys(message).filter((name) => name !== "type");
  const isWhole =
    names.length === Object.keys(fields).length &&
    names.every((name) => fields[name]?.(message[name]) === true);
  if (!isWhole)
    throw new VaultError("LK-CLI-HOST", `control message ${String(type)} does not have its fields`);
  return "code" in message
    ? { ...message, ...readFailure(message["code"], message["message"] as string) }
    : message;
}

/** A code that this version does not know keeps its name in the message. */
function readFailure(code: unknown, message: string): Failure {
  const known = ERROR_CODES.find((each) => each === code);
  return known === undefined
    ? { code: "LK-CLI-HOST", message: `${String(code)}: ${message}` }
    : { code: known, message };
}

/** What may be told of a failure: a `VaultError` as it is, of a bug only that there was one. */
export function describeForPeer(error: unknown): Failure {
  return error instanceof VaultError
    ? { code: error.code, message: error.message.slice(0, MAX_TEXT) }
    : { code: "LK-UI-BUG", message: "unexpected failure in the other process" };
}
