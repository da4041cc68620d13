/** A passkey that was examined and can be taken in: all that the vault will hold of it, its secrets still open. */
import { wipe } from "../crypto/wipe.ts";
import type { LargeBlob } from "../authenticator/large-blob.ts";
import type { CoseAlgorithm } from "../ports.ts";
import type { RegisterValue } from "../vault/schema.ts";
import type { Provenance } from "./provenance.ts";

export interface ImportItem {
  readonly credentialId: Uint8Array;
  readonly rpId: string;
  readonly userHandle: Uint8Array;
  readonly algorithm: CoseAlgorithm;
  readonly publicKey: Uint8Array;
  readonly backupEligible: boolean;
  readonly backedUp: boolean;
  readonly discoverable: boolean;
  readonly protection: 1 | 2 | 3;
  /** Milliseconds since 1970; the time of the import where the file has none. */
  readonly createdAt: number;
  readonly privateKey: Uint8Array;
  /** With user verification(32) ‖ without(32). */
  readonly prfSeeds: Uint8Array | null;
  readonly credBlob: Uint8Array | null;
  readonly largeBlob: LargeBlob | null;
  /** Names, title, note, tags. */
  readonly registers: ReadonlyMap<string, RegisterValue>;
  readonly provenance: Provenance;
  /** It lies in the vault's trash with this very key: taken out of it. */
  readonly isBackFromTrash: boolean;
}

export function wipeItem({ privateKey, prfSeeds }: ImportItem): void {
  wipe(privateKey);
  if (prfSeeds !== null) wipe(prfSeeds);
}
