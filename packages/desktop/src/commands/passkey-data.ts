/** A passkey as the host describes it (`host/describe-vault.ts`), and the words for its state. */
import type { JsonObject } from "../terminal/json.ts";

/** A value of a field as JSON carries it: text, true or false. */
export type FieldValue = string | boolean | null;

export interface ValueBy {
  readonly value: FieldValue;
  /** The name of a device. */
  readonly by: string;
}

export interface ConflictData {
  readonly field: string;
  readonly kept: ValueBy;
  readonly offered: readonly ValueBy[];
}

export interface PasskeyData {
  readonly id: string;
  /** `null` when this version cannot read the passkey. */
  readonly site: string | null;
  readonly user: string | null;
  readonly displayName: string | null;
  readonly title: string | null;
  readonly note: string | null;
  readonly tags: readonly string[];
  readonly favourite: boolean;
  readonly archived: boolean;
  readonly state: "live" | "deleted" | "needs-attention";
  readonly createdAt: string | null;
  readonly deletedOn: string | null;
  readonly editedAfterDeletion: readonly (ValueBy & { readonly field: string })[];
  readonly conflicts: readonly ConflictData[];
  /** Only of one that is shown by itself. */
  readonly copies?: CopiesData;
}

/** On how many devices it is known to be, and which. */
export interface CopiesData {
  readonly have: number;
  readonly of: number;
  readonly devices: readonly string[];
}

/** What the host sent, under its type: host and commands are one program. */
export const readPasskey = (data: JsonObject): PasskeyData => data as unknown as PasskeyData;
export const readPasskeys = (data: JsonObject): readonly PasskeyData[] =>
  data["passkeys"] as unknown as readonly PasskeyData[];

/** `github.com/ana`, as people write it. */
export function namePasskey({ id, site, user }: Pick<PasskeyData, "id" | "site" | "user">): string {
  if (site === null) return id;
  return user === null ? site : `${site}/${user}`;
}

/** What is to be known of it at a glance, in words. */
export function describeMarks(passkey: PasskeyData): string {
  const marks = [
    passkey.state === "needs-attention" ? "needs attention" : null,
    passkey.conflicts.length > 0 ? "conflict" : null,
    passkey.editedAfterDeletion.length > 0 ? "edited after deletion" : null,
    passkey.favourite ? "favourite" : null,
    passkey.archived ? "archived" : null,
  ];
  return marks.filter((mark) => mark !== null).join(", ");
}

/** Characters of an id that are shown at least. */
const SHORTEST_ID = 8;

/** Shortens ids to one length at which they still differ. */
export function createIdShortener(ids: readonly string[]): (id: string) => string {
  let length = SHORTEST_ID;
  while (new Set(ids.map((id) => id.slice(0, length))).size < new Set(ids).size) length++;
  return (id) => id.slice(0, length);
}
