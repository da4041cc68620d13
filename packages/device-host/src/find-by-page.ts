/** From where a recovery page begins: what its locator at a mailbox says, or a backup file. */
import { isVaultError, VaultError } from "@latchkey/core/errors";
import type { DeviceDeps } from "@latchkey/core/device/device";
import { openPage } from "@latchkey/core/device/recovery-page";
import {
  deriveLocatorKeys,
  type LocatorContent,
  openLocator,
  openLocatorRoom,
} from "@latchkey/core/recovery/locator";
import { openWithPage, readLastLog } from "@latchkey/core/recovery/open-archive";
import type { RelayAddress, RoomId } from "@latchkey/core/relay-protocol";
import { fetchSnapshot } from "./relay-client/fetch-snapshot.ts";
import { readLocatorSlots } from "./relay-client/locator-slot.ts";

const SNAPSHOT_MS = 60_000;

export interface PageStart {
  readonly from: "mailbox" | "backup";
  readonly welcome: Uint8Array;
  readonly snapshot: Uint8Array;
  /** Of a backup; those of a mailbox come when the page is opened. */
  readonly entries: readonly Uint8Array[];
}

export interface PagePlace {
  readonly secret: Uint8Array;
  readonly relays: readonly RelayAddress[];
  readonly backup: AsyncIterable<Uint8Array> | null;
  readonly deps: Pick<DeviceDeps, "random" | "crypto">;
  readonly signal: AbortSignal;
}

/**
 * The mailbox before the backup: it is newer. Throws `LK-RECOVERY-DEAD` where a mailbox says so, `LK-RECOVERY-NOTHING` where none knows the page,
 * `LK-RELAY-UNREACHABLE` when none was reached, and what opening a backup throws.
 */
export async function findByPage(place: PagePlace): Promise<PageStart> {
  let failed: unknown = null;
  try {
    const found = await askMailboxes(place);
    if (found !== null) return found;
  } catch (error) {
    if (!isVaultError(error) || error.code === "LK-RECOVERY-DEAD" || place.backup === null) throw error;
    failed = error;
  }
  if (place.backup === null)
    throw failed ?? new VaultError("LK-RECOVERY-NOTHING", "there is neither a mailbox nor a backup file");
  const log = await readLastLog(place.backup);
  return { from: "backup", ...openWithPage(log, place.secret) };
}

async function askMailboxes({ secret, relays, deps, signal }: PagePlace): Promise<PageStart | null> {
  if (relays.length === 0) return null;
  const { random } = deps;
  const keys = deriveLocatorKeys(secret);
  const { slots, reached } = await readLocatorSlots(relays, { room: openLocatorRoom(keys), random, signal });
  const contents = slots.map((slot) => openLocator(keys, slot)).filter((content) => content !== null);
  const newest = contents.sort((a, b) => b.number - a.number)[0];
  if (newest === undefined)
    throw reached === 0
      ? new VaultError("LK-RELAY-UNREACHABLE", `none of ${relays.length} mailboxes was reached`)
      : new VaultError("LK-RECOVERY-NOTHING", `${reached} mailboxes were reached, none knows the page`);
  if (contents.some(({ welcome }) => welcome === null))
    throw new VaultError("LK-RECOVERY-DEAD", "the mailbox says that the page was put out");
  return fetchFrom(newest, { secret, relays, deps, signal });
}

async function fetchFrom(
  { welcome }: LocatorContent,
  { secret, relays, deps, signal }: Omit<PagePlace, "backup">,
): Promise<PageStart> {
  const start = welcome as Uint8Array;
  const { logId, auth, authorityPublicKey, snapshotHash } = openPage(secret, start, deps).room;
  const room = { id: logId as RoomId, auth, authorityPublicKey };
  const limit = AbortSignal.any([signal, AbortSignal.timeout(SNAPSHOT_MS)]);
  const snapshot = await fetchSnapshot(relays, room, snapshotHash, { random: deps.random, signal: limit });
  return { from: "mailbox", welcome: start, snapshot, entries: [] };
}
