/** What was erased for good comes back by no operation that is issued again. */
import { PURGED_PREFIX, purgedSetting } from "../vault/next-document.ts";
import type { VaultDocument } from "../vault/document.ts";
import type { KeptOperation } from "../vault/reissue.ts";
import { splitKey } from "../vault/schema.ts";

export function withoutPurged(document: VaultDocument, operation: KeptOperation): KeptOperation {
  const settings = document.settings();
  const writes = operation.writes.filter(({ container, key }) => {
    if (container === "settings") return !key.startsWith(PURGED_PREFIX);
    const id = splitKey(key)?.id;
    return id !== undefined && !settings.has(purgedSetting(id));
  });
  return { ...operation, writes };
}
