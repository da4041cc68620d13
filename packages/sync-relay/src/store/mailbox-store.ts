/**
 * The port behind which pairing mailboxes are kept for their minutes (relay.md § 3): in memory on one process, in PostgreSQL for relays
 * that share it, in an object of its own on Cloudflare. Every adapter runs the contract suite (`test/mailbox-contract.ts`).
 *
 * Each call is whole or not there, whoever else calls. Nothing lists mailboxes; one that is wrong and one that is over are the same miss.
 */
import type { MailboxId, Nameplate } from "@latchkey/core/relay-protocol";
import type { RelayLimits } from "../limits.ts";

export type MailboxLimits = Pick<
  RelayLimits,
  "mailboxTtlSeconds" | "mailboxesTotal" | "mailboxBytesTotal" | "nameplateSeconds"
>;

/** A mailbox's short number in this store. */
export type MailboxRef = number;
/** By what a mailbox is asked for. */
export type MailboxKey = MailboxId | Nameplate;

/** A side that came in or came back: 0 opened it, 1 claimed it. */
export interface MailboxSide {
  readonly ref: MailboxRef;
  readonly side: 0 | 1;
  readonly secondsLeft: number;
  /** Messages of this side that are held. */
  readonly received: number;
}

/** What a side may not know yet. */
export interface MailboxNews {
  readonly sides: 1 | 2;
  /** How often somebody else tried to come in. */
  readonly crowded: number;
  /** Of the other side, in their order. */
  readonly messages: readonly Uint8Array[];
}

export interface MailboxStore {
  /** Makes it, for this long at most; `full`: there are too many. */
  open(id: MailboxId, token: Uint8Array, ttlSeconds: number): Promise<MailboxSide | "crowded" | "full">;
  /** Becomes its second side. By its nameplate it is `gone` for everybody but the first who comes. */
  claim(key: MailboxKey, token: Uint8Array): Promise<MailboxSide | "crowded" | "gone">;
  /** The side that has this token already; who claimed by nameplate may come back by it. */
  resume(key: MailboxKey, token: Uint8Array): Promise<MailboxSide | null>;
  /** `sent` also for a repeat of the same message; `wrong` for another body or a number out of turn; `full`: space is short. One too many burns. */
  send(
    { ref, side }: MailboxSide,
    number: number,
    body: Uint8Array,
  ): Promise<"sent" | "wrong" | "full" | "gone">;
  /** What came after the first `after` messages of the other side. `null`: it is over. */
  news({ ref, side }: MailboxSide, after: number): Promise<MailboxNews | null>;
  /** A number for it, the same while that lives; `null`: none to be had, or it is claimed. */
  name(ref: MailboxRef): Promise<{ readonly number: Nameplate; readonly secondsLeft: number } | null>;
  burn(ref: MailboxRef): Promise<void>;
  /** Calls back, from now on, for mailboxes that changed, by whomever; `null`: any may have. */
  watch(onChange: (ref: MailboxRef | null) => void): void;
  /** Forgets what is over. */
  expire(): Promise<void>;
}
