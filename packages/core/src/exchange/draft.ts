/**
 * A passkey as a file has it, before it is judged: the readers of the formats make drafts, and `examine.ts` applies one set of rules to all of
 * them. `null` is what the file does not say, which is not the same as empty.
 */
import type { CannotReason } from "./report.ts";

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonMembers;
export interface JsonMembers {
  readonly [name: string]: JsonValue;
}

/** `withoutUv` is `null` where the format has one seed. */
export interface DraftPrf {
  /** Whether it is HMAC-SHA-256, which is all there is so far. */
  readonly isKnown: boolean;
  readonly withUv: Uint8Array;
  readonly withoutUv: Uint8Array | null;
}

export interface DraftLargeBlob {
  readonly data: Uint8Array;
  /** What the file claims of its length before compression; `null` where the data are not compressed. */
  readonly size: number | null;
}

export interface Draft {
  readonly at: string;
  /** What the reader found: then nothing else is looked at. */
  readonly cannot: CannotReason | null;
  readonly credentialId: Uint8Array | null;
  readonly rpId: string | null;
  readonly userHandle: Uint8Array | null;
  /** PKCS#8. Wiped once it was examined. */
  readonly key: Uint8Array | null;
  readonly userName: string | null;
  readonly userDisplayName: string | null;
  readonly rpName: string | null;
  readonly discoverable: boolean | null;
  readonly backupEligible: boolean | null;
  readonly backedUp: boolean | null;
  readonly protection: number | null;
  /** As it stands there; `undefined` where the file has none. */
  readonly counter: unknown;
  /** Milliseconds since 1970; NaN for what is no date. */
  readonly createdAt: number | null;
  readonly prf: DraftPrf | null;
  readonly credBlob: Uint8Array | null;
  readonly largeBlob: DraftLargeBlob | null;
  readonly payments: boolean | null;
  readonly aaguid: string | null;
  readonly title: string | null;
  readonly note: string | null;
  readonly tags: readonly string[];
  readonly favourite: boolean;
  readonly urls: readonly string[];
  /** Members that this version does not know, as they stand in the file. */
  readonly unknown: JsonMembers;
  /** The labels that the file puts on the key say another algorithm; `null` where it puts none. */
  readonly label: string | null;
  readonly isTrashed: boolean;
}

const NOTHING: Omit<Draft, "at"> = {
  cannot: null,
  credentialId: null,
  rpId: null,
  userHandle: null,
  key: null,
  userName: null,
  userDisplayName: null,
  rpName: null,
  discoverable: null,
  backupEligible: null,
  backedUp: null,
  protection: null,
  counter: undefined,
  createdAt: null,
  prf: null,
  credBlob: null,
  largeBlob: null,
  payments: null,
  aaguid: null,
  title: null,
  note: null,
  tags: [],
  favourite: false,
  urls: [],
  unknown: {},
  label: null,
  isTrashed: false,
};

export const makeDraft = (at: string, known: Partial<Omit<Draft, "at">>): Draft => ({
  ...NOTHING,
  ...known,
  at,
});

/** What a reader makes of a whole file. */
export interface Drafts {
  readonly exporter: string | null;
  readonly drafts: readonly Draft[];
  /** Other kinds of credentials, counted by kind: they are left where they are. */
  readonly others: Readonly<Record<string, number>>;
}
