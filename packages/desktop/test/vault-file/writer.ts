/** A process that writes numbered rows into the vault in argv[2] and says each number once its commit is done, until it is killed. */
import { writeSync } from "node:fs";
import { createEntry, readLast } from "./numbered-rows.ts";
import { openVaultFile } from "../../src/vault-file/vault-file.ts";

const store = openVaultFile(process.argv[2] as string);
for (let number = (await readLast(store)) + 1; ; number++) {
  await store.commit(createEntry(number));
  writeSync(1, `${number}\n`);
}
