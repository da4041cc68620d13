/**
 * The list of passkeys that Windows' pickers show, kept equal to the vault by difference: what is gone or changed is removed, what is new or
 * changed is added, nothing else is touched. Never all at once: an interruption would leave an empty list, and nobody could sign in.
 *
 * Site, names and ids lie there in clear, readable for the person's own programs. Passkeys in the trash leave it at once.
 */
import type { CachedCredential, WebAuthnPlugin } from "../native/webauthn-plugin.ts";
import { HRESULT, HresultError } from "../native/hresult.ts";

/** Credentials in one call; one that Windows refuses costs a second try of these alone. */
const BATCH = 64;
/** Windows' own limits, bytes. */
const CREDENTIAL_ID_BYTES = { min: 16, max: 1_023 };
const MAX_USER_ID_BYTES = 64;
/** What stands in the picker for a passkey without a name. Windows drops entries whose name is empty, so that they could not sign in. */
export const NO_NAME = "(no name)";

/** A passkey of the vault, as far as the list is concerned. */
export interface ListedPasskey {
  readonly credentialId: Uint8Array;
  readonly rpId: string;
  readonly rpName: string | null;
  readonly userHandle: Uint8Array;
  readonly userName: string | null;
  readonly userDisplayName: string | null;
}

/** `null` for one that Windows cannot list; it still signs when a site asks for it by its id. */
export function toCachedCredential(passkey: ListedPasskey): CachedCredential | null {
  const { credentialId, rpId, userHandle } = passkey;
  const { min, max } = CREDENTIAL_ID_BYTES;
  if (credentialId.length < min || credentialId.length > max || rpId === "") return null;
  if (userHandle.length === 0 || userHandle.length > MAX_USER_ID_BYTES) return null;
  const userName = clean(passkey.userName) || clean(passkey.userDisplayName) || NO_NAME;
  return {
    credentialId,
    rpId,
    rpName: clean(passkey.rpName) || rpId,
    userId: userHandle,
    userName,
    userDisplayName: clean(passkey.userDisplayName) || userName,
  };
}

/** A NUL would end the text early in Windows' hands. */
const clean = (text: string | null): string => (text ?? "").replaceAll("\0", "").trim();

type Cache = Pick<WebAuthnPlugin, "listCredentials" | "addCredentials" | "removeCredentials">;

export interface CacheChange {
  readonly added: number;
  readonly removed: number;
}

/** Makes Windows' list equal to these. Throws `HresultError`; what was done until then stays, and the next time does the rest. */
export function syncCredentialCache(
  plugin: Cache,
  clsid: Uint8Array,
  passkeys: readonly ListedPasskey[],
): CacheChange {
  const wanted = new Map(
    passkeys.flatMap((passkey) => {
      const credential = toCachedCredential(passkey);
      return credential === null ? [] : [[idOf(credential), credential] as const];
    }),
  );
  const present = new Map(plugin.listCredentials(clsid).map((entry) => [idOf(entry), entry]));
  const removed = [...present].filter(([id, entry]) => {
    const same = wanted.get(id);
    return same === undefined || !isSame(entry, same);
  });
  for (const batch of inBatches(removed.map(([, entry]) => entry))) {
    removeBatch(plugin, clsid, batch);
  }
  for (const [id] of removed) present.delete(id);
  const added = [...wanted].filter(([id]) => !present.has(id)).map(([, credential]) => credential);
  for (const batch of inBatches(added)) addBatch(plugin, clsid, batch);
  return { added: added.length, removed: removed.length };
}

/** Windows refuses a batch as a whole when one of it is there already; then each is put in its own place. */
function addBatch(plugin: Cache, clsid: Uint8Array, batch: readonly CachedCredential[]): void {
  try {
    plugin.addCredentials(clsid, batch);
  } catch (error) {
    if (!(error instanceof HresultError) || error.hresult !== HRESULT.exists) throw error;
    for (const credential of batch) {
      removeBatch(plugin, clsid, [credential]);
      plugin.addCredentials(clsid, [credential]);
    }
  }
}

/** One that is gone already is no failure; of a batch it must not keep the others from going. */
function removeBatch(plugin: Cache, clsid: Uint8Array, batch: readonly CachedCredential[]): void {
  try {
    plugin.removeCredentials(clsid, batch);
  } catch (error) {
    if (!(error instanceof HresultError) || error.hresult !== HRESULT.notFound) throw error;
    if (batch.length > 1) for (const credential of batch) removeBatch(plugin, clsid, [credential]);
  }
}

const idOf = ({ credentialId }: CachedCredential): string => Buffer.from(credentialId).toString("hex");

const isSame = (a: CachedCredential, b: CachedCredential): boolean =>
  a.rpId === b.rpId &&
  a.rpName === b.rpName &&
  a.userName === b.userName &&
  a.userDisplayName === b.userDisplayName &&
  Buffer.from(a.userId).equals(b.userId);

function* inBatches<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += BATCH) yield items.slice(at, at + BATCH);
}
