/** A vault file whose process dies at a chosen commit, before its rows are durable or right after: it hears nothing more from then on. */
import type { DeviceStore } from "@latchkey/core/storage/device-store";
import { openVaultFile } from "@latchkey/desktop/vault-file/vault-file";

export class Died extends Error {}

export interface Death {
  /** The commit at which it dies, counted from 1; at none with `Infinity`. */
  readonly at: number;
  readonly when: "before" | "after";
}

export interface DyingStore extends DeviceStore {
  /** Commits that were begun. */
  readonly commits: () => number;
}

/** `close` gives the file to the next process, as the end of a process does. */
export function openDyingStore(path: string, death: Death): DyingStore {
  const store = openVaultFile(path);
  let commits = 0;
  const alive = (): void => {
    if (commits >= death.at) throw new Died(`the process has died at commit ${death.at}`);
  };
  return {
    commits: () => commits,
    async get(table, key) {
      alive();
      return store.get(table, key);
    },
    async scan(table, prefix) {
      alive();
      return store.scan(table, prefix);
    },
    async commit(changes) {
      alive();
      commits++;
      if (commits < death.at || death.when === "after") await store.commit(changes);
      alive();
    },
    close: () => store.close(),
  };
}
