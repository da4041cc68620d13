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
 *                                  ←    request {request}             what a website asks for through the browser; `null`: nothing
 *
 * `id` is chosen by the page and names one call. Secrets travel as answers, never as parameters.
 */
import type { DeviceView, MailboxView, PasskeyView, VaultFacts } from "../model/vault-view.ts";
import type { ManagedView } from "../model/managed-view.ts";

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
/** An account as a person tells it from others. */
export interface AccountName {
  readonly name: string | null;
  readonly displayName: string | null;
}

/** What is wanted of the person now. `nothing`: there is no passkey for this, which is only told. */
export type SiteRequestStep =
  | {
      readonly kind: "verify";
      readonly verification: "passphrase" | "system";
      /** Those that can sign in; `null` for a new passkey, and while nobody knows because the vault is locked. */
      readonly accounts: readonly AccountName[] | null;
    }
  | { readonly kind: "account"; readonly accounts: readonly AccountName[] }
  | { readonly kind: "nothing" };

/** What a website asks for through the browser extension, as the person sees it before they agree. */
export interface SiteRequestView {
  readonly id: number;
  /** A new passkey, or a sign-in. */
  readonly kind: "create" | "get";
  /** The rpId: what the passkey is for. */
  readonly site: string;
  /** What the site calls itself; `null` for a sign-in. */
  readonly siteName: string | null;
  /** Of the page that asks. */
  readonly origin: string;
  /** The page is in a frame of another site. */
  readonly isFramed: boolean;
  /** Of the account that a new passkey is for. */
  readonly userName: string | null;
  readonly userDisplayName: string | null;
  /** The path of the vault's file. */
  readonly vault: string;
  readonly step: SiteRequestStep;
}

export interface SiteRequestMessage {
  readonly type: "request";
  readonly request: SiteRequestView | null;
}

export type HostMessage =
  | PlaceMessage
  | VaultMessage
  | SiteRequestMessage
  | { readonly type: "token"; readonly token: string }
  | { readonly type: "tell"; readonly id: number; readonly event: JsonObject }
  | { readonly type: "ask"; readonly id: number; readonly kind: AskKind; readonly purpose: string }
  | { readonly type: "result"; readonly id: number; readonly value: JsonObject }
  | { readonly type: "error"; readonly id: number; readonly code: string; readonly message: string };
