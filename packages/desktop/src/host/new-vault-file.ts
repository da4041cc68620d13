/** A vault file that is there whole or not at all: made, filled, closed; taken away again when filling fails. */
import { rmSync } from "node:fs";
import type { DeviceStore } from "@latchkey/core/device/store";
import { createVaultFile } from "../vault-file/vault-file.ts";

/** Throws what `createVaultFile` and `fill` throw. */
export async function makeVaultFile(
  path: string,
  fill: (store: DeviceStore) => Promise<void>,
): Promise<void> {
  const store = createVaultFile(path);
  try {
    await fill(store);
    await store.close();
  } catch (error) {
    await store.close();
    for (const suffix of ["", "-wal", "-journal"]) rmSync(path + suffix, { force: true });
    throw error;
  }
}
