/** Reads what the extension sends (`host-message.ts` of the extension has the messages): its own fields and no others. */
import {
  type ExtensionMessage,
  MAX_MESSAGE_BYTES,
  STANDINGS,
} from "@latchkey/browser-extension/host-message";
import { VaultError } from "@latchkey/core/errors";

type Check = (value: unknown) => boolean;
/** Browsers' numbers of requests may be negative. */
const isId: Check = (value) => Number.isInteger(value) && Math.abs(value as number) < 2 ** 31;
const isVersion: Check = (value) => Number.isSafeInteger(value) && (value as number) > 0;
const isKind: Check = (value) => value === "create" || value === "get";
const isStanding: Check = (value) => STANDINGS.some((known) => known === value);
const isDetails: Check = (value) => typeof value === "string" && value.length <= MAX_MESSAGE_BYTES;

const MESSAGES: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  hello: { version: isVersion },
  request: { id: isId, kind: isKind, details: isDetails },
  standing: { standing: isStanding },
  cancel: { id: isId },
};

/** Throws `LK-BROWSER-MESSAGE`. */
export function readExtensionMessage(value: unknown): ExtensionMessage {
  const message =
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : {};
  const { type } = message;
  const fields = typeof type === "string" && Object.hasOwn(MESSAGES, type) ? MESSAGES[type] : undefined;
  const names = Object.keys(message).filter((name) => name !== "type");
  const isWhole =
    fields !== undefined &&
    names.length === Object.keys(fields).length &&
    names.every((name) => Object.hasOwn(fields, name) && fields[name]?.(message[name]) === true);
  if (!isWhole) throw new VaultError("LK-BROWSER-MESSAGE", "extension's message is of no known form");
  return message as unknown as ExtensionMessage;
}
