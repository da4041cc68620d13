/** The log as judge of a vault: every entry verified once more from the snapshot on, and the outcome compared with what is shown. */
import { encodeHex } from "@latchkey/core/bytes/text";
import type { DeviceStore } from "@latchkey/core/storage/device-store";
import { loadReplica } from "@latchkey/core/sync/load-replica";
import { deriveStateHash } from "@latchkey/core/vault/state-hash";
import { expect } from "vitest";
import type { LiveDevice } from "./live-device.ts";

/**
 * Fails unless the vault is whole: no damage was found, every stored entry verifies, and replaying the log from the snapshot leads to the
 * same document, marks and members as the cache that the device started from.
 */
export async function expectWhole({ device }: LiveDevice): Promise<void> {
  expect(device.problems).toEqual({ entries: 0, snapshot: false });
  const { store } = device.deps;
  // Without its cache the replica has the log alone to go by.
  const logAlone: DeviceStore = {
    get: (table, key) => store.get(table, key),
    scan: (table, prefix) => (table === "cache" ? Promise.resolve([]) : store.scan(table, prefix)),
    commit: (changes) => store.commit(changes),
    close: () => Promise.resolve(),
  };
  const { state, damagedEntries } = await loadReplica(logAlone, device.context, device.epoch.record);
  const stored = await store.scan("entry", device.context.epoch.logId);
  expect(damagedEntries).toBe(0);
  expect(state.accepted.size).toBe(stored.length);
  expect(device.state.accepted.size).toBe(stored.length);
  expect(state.document.heads()).toEqual(device.state.document.heads());
  expect(encodeHex(deriveStateHash(state.document))).toBe(encodeHex(deriveStateHash(device.state.document)));
  expect([...state.tips].sort()).toEqual([...device.state.tips].sort());
  expect([...state.members.keys()].sort()).toEqual([...device.state.members.keys()].sort());
}
