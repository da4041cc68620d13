/**
 * The messages between the app's page and the device host, over the page's one WebSocket. Types only: the host reads strictly
 * (`desktop/loopback/read-page-message.ts`), the page trusts the host that it came from.
 *
 *   page                                host
 *                                  ←    place {phase, …}              at the beginning and at each change of phase
 *                                  ←    vault {…, changed, removed}   while the vault is open: what is different since the last
 *   call {id, method, params}      →
 *                                  ←    tell {id, event}              any number
 *                                  ←    ask {id, kind, purpose}       any number, one at a time for a call
 *   answer {id, answer}            →
 *   cancel {id}                    →                                  instead of an answer, or at any time
 *   more-time {id}                 →                                  while a device is added
 *                                  ←    result {id, value}            or
 *                                  ←    error {id, code, message}
 *                                  ←    token {token}                 after a lock: the old one is worth nothing
 *
 * `id` is chosen by the page and names one call. Secrets travel as answers, never as parameters.
 */
import type { DeviceView, MailboxView, ManagedView, PasskeyView, VaultFacts } from "../model/vault-view.ts";

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: JsonValue;
}

/** `no-vault`: there is none on this machine yet. */
export type Phase = "no-vault" | "locked" | "open";

export type PageMessage =
  | {
      readonly type: "call";
      readonly id: number;
      readonly method: string;
      readonly params: JsonObject;
    }
  | { readonly type: "answer"; readonly id: number; readonly answer: string }
  | { readonly type: "cancel" | "more-time"; readonly id: number };

export interface PlaceMessage {
  readonly type: "place";
  readonly phase: Phase;
  /** What this machine calls itself: offered as the name of a new device. */
  readonly machine: string;
  /** The methods that this host has for the app: a screen for another one is not shown. */
  readonly methods: readonly string[];
  /** Left out by a host on which nobody sets anything. */
  readonly managed?: ManagedView;
}

export interface VaultMessage {
  readonly type: "vault";
  readonly facts: VaultFacts;
  readonly devices: readonly DeviceView[];
  readonly mailboxes: readonly MailboxView[];
  /** `changed` is everything. */
  readonly whole: boolean;
  readonly changed: readonly PasskeyView[];
  /** Ids. */
  readonly removed: readonly string[];
}

/** `request`: not for the person; `purpose` says what is wanted, such as the next part of a file. */
export type AskKind = "passphrase" | "code" | "password" | "request";

export type HostMessage =
  | PlaceMessage
  | VaultMessage
  | { readonly type: "token"; readonly token: string }
  | { readonly type: "tell"; readonly id: number; readonly event: JsonObject }
  | { readonly type: "ask"; readonly id: number; readonly kind: AskKind; readonly purpose: string }
  | { readonly type: "result"; readonly id: number; readonly value: JsonObject }
  | { readonly type: "error"; readonly id: number; readonly code: string; readonly message: string };
