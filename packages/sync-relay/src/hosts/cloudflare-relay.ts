/** What the relays on Cloudflare have in common, one in front and one in each object: settings, randomness, log (relay.md § 9). */
import { createHash } from "node:crypto";
import { VaultError } from "@latchkey/core/errors";
import type { Conn } from "../connection.ts";
import { readConfig, type RelayConfig } from "../config.ts";
import { createJsonLog } from "../log.ts";
import { type Caller, createRelay, type Relay } from "../relay.ts";
import type { MailboxStore } from "../store/mailbox-store.ts";
import { createMemoryMailboxes } from "../store/memory-mailboxes.ts";
import type { Store } from "../store/store.ts";
import type { Env, ObjectSocket } from "./cloudflare-types.ts";
import { verifyEd25519 } from "./web-crypto.ts";

export const clock = { now: () => Date.now() };
export const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));

/** Throws `LK-RELAY-CONFIG`, also for settings that objects which know one room each cannot keep. */
export function readSettings(env: Env): RelayConfig {
  const texts = Object.entries(env).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  const config = readConfig(Object.fromEntries(texts));
  const { mode } = config.admission;
  if (mode !== "open" && mode !== "pow") {
    throw new VaultError(
      "LK-RELAY-CONFIG",
      `admission "${mode}" cannot be kept on Cloudflare: pow or open can`,
    );
  }
  if (config.origins.length === 0) {
    throw new VaultError("LK-RELAY-CONFIG", "a relay on Cloudflare needs LATCHKEY_RELAY_ORIGINS");
  }
  return config;
}

/** `mailboxes`: without them, some that nobody will ask for. */
export function createObjectRelay(
  { admission, contact, limits, origins }: RelayConfig,
  store: Store,
  mailboxes: MailboxStore = createMemoryMailboxes(limits, clock, random),
): Relay {
  return createRelay({
    store,
    mailboxes,
    limits,
    origins,
    contact,
    clock,
    random,
    verifyEd25519,
    admission: { mode: admission.mode as "open" | "pow" },
    // The platform keeps the lines; no field of them can hold a room or an address.
    log: createJsonLog((line) => console.log(line.trimEnd()), clock),
    nextTurn: queueMicrotask,
    sha256: (data) => new Uint8Array(createHash("sha256").update(data).digest()),
  });
}

/** Cloudflare says who is there; without it all are one group. */
export const callerOf = ({ headers }: Request): Caller => ({
  address: headers.get("cf-connecting-ip") ?? "",
  host: headers.get("host"),
});

export const toConn = (socket: ObjectSocket): Conn => ({
  send: (message) => socket.send(message),
  close: (code, reason) => socket.close(code, reason),
  buffered: () => null,
});

/** The id in the path of a room's or mailbox's socket. */
export const idOf = (request: Request): string => new URL(request.url).pathname.split("/").at(-2) ?? "";
