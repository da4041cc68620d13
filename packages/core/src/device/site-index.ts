/**
 * Which passkeys belong to which site, in memory, so that an edit rewrites one sign-in row without looking at the whole vault. It only
 * grows: a record never changes its site, and what is deleted or was never committed is sorted out when a row is made.
 */
import type { VaultDocument } from "../vault/document.ts";
import type { PasskeyId } from "../vault/schema.ts";
import type { LocalRows } from "../storage/local-rows.ts";
import { sealSignInRow, type SignInEntry } from "./sign-in-index.ts";
import type { RowChange } from "../storage/device-store.ts";

export class SiteIndex {
  readonly #passkeys = new Map<string, Set<PasskeyId>>();
  readonly #sites = new Map<PasskeyId, string>();

  constructor(document: VaultDocument) {
    for (const { id, record } of document.list()) if (record !== null) this.#note(id, record.rpId);
  }

  /** Takes in passkeys that are new or changed, and says which sites they concern. */
  add(document: VaultDocument, touched: Iterable<PasskeyId>): ReadonlySet<string> {
    const concerned = new Set<string>();
    for (const id of touched) {
      const rpId = document.get(id)?.record?.rpId;
      if (rpId !== undefined) this.#note(id, rpId);
      const site = this.#sites.get(id);
      if (site !== undefined) concerned.add(site);
    }
    return concerned;
  }

  #note(id: PasskeyId, rpId: string): void {
    this.#sites.set(id, rpId);
    let passkeys = this.#passkeys.get(rpId);
    if (passkeys === undefined) this.#passkeys.set(rpId, (passkeys = new Set()));
    passkeys.add(id);
  }

  /** The sign-in rows of these sites as the document has them. */
  signInRows(document: VaultDocument, rpIds: Iterable<string>, rows: LocalRows): RowChange[] {
    return [...rpIds].map((rpId) => {
      const entries: SignInEntry[] = [];
      for (const id of this.#passkeys.get(rpId) ?? []) {
        const passkey = document.get(id);
        if (passkey?.state !== "live" || passkey.record.rpId !== rpId) continue;
        const { record, userName: name, userDisplayName: displayName, title } = passkey;
        entries.push({ record, name, displayName, title });
      }
      return sealSignInRow(rows, rpId, entries);
    });
  }

  /** Every site that has or had a passkey. */
  sites(): Iterable<string> {
    return this.#passkeys.keys();
  }
}
