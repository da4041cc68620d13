/** A process that opens the vault in argv[2], says so, and keeps it until its standard input ends. */
import { openVaultFile } from "../../src/vault-file/vault-file.ts";

try {
  const store = openVaultFile(process.argv[2] as string);
  process.stdin.on("end", () => void store.close()).resume();
  console.log("open");
} catch (error) {
  console.log((error as { code: string }).code);
}
