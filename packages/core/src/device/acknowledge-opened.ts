/**
 * The second acknowledgement of an epoch (sync-protocol.md § 6). *Moved* is said by any entry in the new log. *Opened* is said once every secret of
 * the new document was opened under its new key and gave its public key: whoever made the epoch sealed them anew, and nothing else shows that
 * it did so rightly. Only then does this device let the old roots go.
 */
import { encodeHex } from "../bytes/text.ts";
import { wipe } from "../crypto/wipe.ts";
import { isVaultError } from "../errors.ts";
import { deriveSigningKeys } from "../membership/device.ts";
import { deriveSecretKey } from "../membership/epoch.ts";
import { signOpened } from "../membership/opened.ts";
import type { CredentialCrypto } from "../ports.ts";
import { hasOpened } from "../sync/replica-state.ts";
import { writeOpened } from "../sync/write-entry.ts";
import { eachPasskey } from "../vault/cells.ts";
import { type CredentialRecord, decodeCredentialRecord } from "../vault/credential-record.ts";
import { openCredBlob, openPrfSeeds, openRegister, openSigningKey } from "../vault/credential-secret.ts";
import type { VaultDocument } from "../vault/document.ts";
import { openLargeBlob } from "../vault/large-blob.ts";
import { CORE, LARGE_BLOB, PROVENANCE, type PasskeyId, type RegisterValue } from "../vault/schema.ts";
import type { Device } from "./device.ts";
import { findRoot } from "./epoch-root.ts";
import { letRootsGo } from "./let-roots-go.ts";
import type { SigningTier } from "./tiers.ts";

/** Passkeys that are opened before `rest` is asked. */
const BATCH = 128;

/**
 * Opens everything, says so and lets old roots go; at any time and any number of times. Resolves with the passkeys that do not open: with one, or
 * when `rest`, which is awaited in between, resolves `false`, nothing is said and every root stays.
 */
export async function acknowledgeOpened(
  device: Device,
  signing: SigningTier,
  rest: () => Promise<boolean> = () => Promise.resolve(true),
): Promise<readonly PasskeyId[]> {
  const { epoch, self, state } = device;
  const root = findRoot(signing.roots, epoch.record.logId);
  // Nothing was sealed anew for a first epoch; a device on probation has no root to open anything with; a page is not a device.
  if (epoch.record.number === 1 || self === null || self.member.page || root === null) return [];
  const tag = encodeHex(self.deviceTag);
  if (!hasOpened(state, tag)) {
    const tried = await tryToOpen(state.document, root.root, device.deps.crypto, rest);
    if (tried === null) return [];
    if (tried.unopened.length > 0) return tried.unopened;
    const statement = signOpened(deriveSigningKeys(signing).authority, epoch.hash);
    await device.step((now) =>
      device.epoch === epoch && !hasOpened(now, tag) ? writeOpened(device.context, now, statement) : null,
    );
  }
  if (device.epoch === epoch) await letRootsGo(device, signing);
  return [];
}

/** Opens every passkey's secrets under a signing root, and forgets them. `null` when `rest` resolved `false`. */
export async function tryToOpen(
  document: VaultDocument,
  signingRoot: Uint8Array,
  crypto: CredentialCrypto,
  rest: () => Promise<boolean> = () => Promise.resolve(true),
): Promise<{ readonly tried: number; readonly unopened: readonly PasskeyId[] } | null> {
  const unopened: PasskeyId[] = [];
  const secretKey = deriveSecretKey(signingRoot);
  try {
    let tried = 0;
    for (const [id, values] of listSecrets(document)) {
      if (!opens(values, secretKey, crypto)) unopened.push(id);
      if (++tried % BATCH === 0 && !(await rest())) return null;
    }
    return { tried, unopened };
  } finally {
    wipe(secretKey);
  }
}

interface Secrets {
  readonly cores: readonly RegisterValue[];
  readonly blob: RegisterValue | undefined;
  readonly provenance: RegisterValue | undefined;
}

function* listSecrets(document: VaultDocument): Generator<[PasskeyId, Secrets]> {
  for (const [id, { registers, contested }] of eachPasskey(document.cells())) {
    const core = registers.get(CORE);
    if (core === undefined) continue;
    const cores = contested.has(CORE) ? document.valuesOf(id, CORE) : [core];
    yield [id, { cores, blob: registers.get(LARGE_BLOB), provenance: registers.get(PROVENANCE) }];
  }
}

/** Of two records for one id the one whose secret opens is taken (§ 3), so one is enough. A record of a later version cannot be opened here. */
function opens(
  { cores, blob, provenance }: Secrets,
  secretKey: Uint8Array,
  crypto: CredentialCrypto,
): boolean {
  return cores.some((core) => {
    try {
      const record = decodeCredentialRecord(core as Uint8Array);
      openRecord(record, secretKey, crypto);
      if (blob !== undefined) wipe(openLargeBlob(secretKey, record, blob as Uint8Array).blob);
      if (provenance !== undefined)
        wipe(openRegister(secretKey, record, PROVENANCE, provenance as Uint8Array));
      return true;
    } catch (error) {
      if (isVaultError(error)) return false;
      throw error;
    }
  });
}

function openRecord(record: CredentialRecord, secretKey: Uint8Array, crypto: CredentialCrypto): void {
  openSigningKey(secretKey, record, crypto);
  for (const secret of [openPrfSeeds(secretKey, record), openCredBlob(secretKey, record)])
    if (secret !== null) wipe(secret);
}
