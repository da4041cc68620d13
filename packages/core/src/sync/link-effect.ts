/**
 * What the relay link (`relay-link.ts`) wants done, and what it has to say: plain data, carried out in order by whoever has the socket and
 * the store (`device/relay-session.ts`), or by a simulator that has neither.
 */
import type { RowChange } from "../storage/device-store.ts";
import type { LostEntry } from "./relay-marks.ts";
import type { ErrorCode } from "../errors.ts";
import type { ClientFrame } from "../relay-protocol/frame-client.ts";
import type { PlacedEntry } from "../relay-protocol/frame-relay.ts";

/** What the host is to do. */
export type LinkEffect =
  | { readonly do: "send"; readonly frame: ClientFrame }
  /** Give these to the replica, commit, then call `onReceived`. `page` says whether they are part of a pull. */
  | { readonly do: "receive"; readonly entries: readonly PlacedEntry[]; readonly page: boolean }
  /** Read these entries, then call `onLoaded`. */
  | { readonly do: "load"; readonly hashes: readonly Uint8Array[] }
  /** Read the epoch's snapshot, then call `onSnapshot`. */
  | { readonly do: "loadSnapshot" }
  | { readonly do: "commit"; readonly changes: readonly RowChange[] }
  | { readonly do: "report"; readonly report: LinkReport }
  /** Call `resume` after so many milliseconds. */
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "close"; readonly code: ErrorCode };

/** What a relay said of itself, and how far it was known to be. */
export interface RelayPlace {
  readonly instanceId: Uint8Array;
  /** The last place that it says it has. */
  readonly head: number;
  /** The highest place at which it had something before. */
  readonly highest: number;
}

export type LinkReport =
  | { readonly is: "joined"; readonly expiresDay: number }
  /** The relay was wiped or restored: what it lacks is being put back. */
  | ({ readonly is: "relay-lost-data"; readonly sameInstance: boolean } & RelayPlace)
  /** Acknowledged entries that the relay does not have. */
  | ({ readonly is: "acknowledged-without-storing"; readonly lost: readonly LostEntry[] } & RelayPlace)
  | { readonly is: "caught-up" }
  /** Everything that this device has is there too. */
  | { readonly is: "settled" }
  | { readonly is: "refused"; readonly code: ErrorCode }
  | { readonly is: "going-away"; readonly retryAfterMs: number; readonly jitterMs: number };

/** An entry that the replica has judged: its hash and cursor if it was accepted, now or before. */
export interface JudgedEntry {
  readonly hash: Uint8Array;
  readonly cursor: number;
}
