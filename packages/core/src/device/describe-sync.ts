/**
 * How the copies of a vault stand to one another, as data for any front end (experience.md § 7, U6): each device, when it was last heard, what
 * it is not known to have; gaps and forks; and of each passkey on how many devices it is. Everything is what others said of themselves in
 * signed entries: a device that is silent may have more.
 */
import { encodeHex } from "../bytes/text.ts";
import { hasOpened, listGaps, type LogMember, type ReplicaState } from "../sync/replica-state.ts";
import { deriveFingerprint } from "../vault/fingerprint.ts";
import type { PasskeyId } from "../vault/schema.ts";
import { readDeviceName } from "./device-names.ts";
import type { Device } from "./device.ts";
import { readLastHeard } from "./last-heard.ts";
import { countLeft } from "./left-operations.ts";
import { countWaiting } from "./reissue-own.ts";
import { createSeenBook, type SeenBook } from "./seen-book.ts";
import { listChain } from "./standing.ts";

/** Hex digits of a device's id that are shown: 32 devices do not collide in 32 bits. */
const DEVICE_ID_DIGITS = 8;
const COUNT_EVERY_MS = 60_000;

export interface DeviceSync {
  readonly id: string;
  readonly name: string;
  readonly thisDevice: boolean;
  /** The day on which it was let in, in days since 1970. */
  readonly addedDay: number;
  /** Milliseconds since 1970, by this device's clock; `null` when nothing of it ever came, and for this device. */
  readonly lastHeardAt: number | null;
  /** Changes that are here and that it is not known to have. */
  readonly waitingForIt: number;
  /** Its changes that others have named and that are not here. */
  readonly missingHere: number;
  /** Two copies of it exist. */
  readonly livesTwice: boolean;
  /** It has said something under the vault's present keys. */
  readonly moved: boolean;
  /**
   * Changes of it that are here, in a log that was left, and that wait for it to issue them again (`left-operations.ts`). Of this device: what it
   * is to issue itself once the person is verified, or once that comes on which it rests.
   */
  readonly leftBehind: number;
  /** It has acknowledged that every secret opens under them (`acknowledge-opened.ts`). */
  readonly opened: boolean;
}

/** Passkeys that were erased for good by one record, and which devices have acknowledged it: they erased first, and then moved. */
export interface PurgeReceipt {
  /** Number of the epoch that it began. */
  readonly epoch: number;
  readonly passkeys: number;
  /** Names of devices. */
  readonly acknowledged: readonly string[];
  readonly waitingFor: readonly string[];
}

/** On how many devices a passkey is known to be. */
export interface PasskeyCopies {
  readonly id: PasskeyId;
  readonly have: number;
  readonly of: number;
  /** Names of the devices that have it. */
  readonly devices: readonly string[];
}

export interface SyncDescription {
  /** Six words; equal on two devices that have the same. */
  readonly fingerprint: readonly string[];
  readonly devices: readonly DeviceSync[];
  /** Passkeys on every device, on some, and on this one alone. */
  readonly copies: { readonly full: number; readonly some: number; readonly onlyHere: number };
  /** Those that no other device is known to have. */
  readonly onlyHere: readonly PasskeyId[];
  /** The latest first. */
  readonly purges: readonly PurgeReceipt[];
}

export interface SyncView {
  describe(): Promise<SyncDescription>;
  copiesOf(ids: readonly PasskeyId[]): Promise<PasskeyCopies[]>;
}

export function createSyncView(device: Device): SyncView {
  const book = createSeenBook(device);
  let counted: {
    readonly at: number;
    readonly left: ReadonlyMap<string, number>;
    readonly waiting: number;
  } | null = null;

  /** A whole log and the journal are read for it. */
  async function countLately() {
    const now = device.deps.clock.now();
    if (counted === null || Math.abs(now - counted.at) >= COUNT_EVERY_MS)
      counted = { at: now, left: await countLeft(device), waiting: await countWaiting(device) };
    return counted;
  }

  return {
    async describe() {
      await book.update();
      const { context, deps, state } = device;
      const heard = await readLastHeard(deps.store, context.rows);
      const { left, waiting } = await countLately();
      const gaps = new Map(listGaps(state).map((tip) => [encodeHex(tip.deviceTag), tip.seq]));
      const own = device.self === null ? null : encodeHex(device.self.deviceTag);
      // In a first epoch there is nothing to move from and nothing that was sealed anew.
      const isFirst = device.epoch.record.number === 1;
      const devices = listDevices(state).map(([tag, { member }]): DeviceSync => {
        const isOwn = tag === own;
        return {
          id: tag.slice(0, DEVICE_ID_DIGITS),
          name: readDeviceName(state.document, member),
          thisDevice: isOwn,
          addedDay: member.day,
          lastHeardAt: isOwn ? null : (heard.get(encodeHex(member.identity.entryPublicKey)) ?? null),
          waitingForIt: isOwn ? 0 : countUnseen(device, book, tag),
          missingHere: Math.max(0, (gaps.get(tag) ?? 0) - (state.tips.get(tag)?.seq ?? 0)),
          livesTwice: state.forked.has(tag),
          moved: isFirst || isOwn || state.tips.has(tag),
          opened: isFirst || hasOpened(state, tag),
          leftBehind: isOwn ? waiting : (left.get(encodeHex(member.identity.entryPublicKey)) ?? 0),
        };
      });
      const live = state.document.list().filter(({ state: shown }) => shown !== "deleted");
      const copies = countCopies(
        device,
        book,
        live.map(({ id }) => id),
      );
      const onlyHere = copies.filter(({ have, of }) => have === 1 && of > 1).map(({ id }) => id);
      return {
        fingerprint: await deriveFingerprint(context.epoch.logId, state.document.heads()),
        devices: devices.sort((a, b) => (a.name < b.name ? -1 : 1)),
        copies: {
          full: copies.filter(({ have, of }) => have === of).length,
          some: copies.filter(({ have, of }) => have > 1 && have < of).length,
          onlyHere: onlyHere.length,
        },
        onlyHere,
        purges: listPurges(device, devices),
      };
    },
    async copiesOf(ids) {
      await book.update();
      return countCopies(device, book, ids);
    },
  };
}

/** A recovery page is a member, and not a device. */
const listDevices = ({ members }: ReplicaState): (readonly [string, LogMember])[] =>
  [...members].filter(([, { member }]) => !member.page);

/** Who is in the present epoch has done what the records before it say. */
function listPurges({ state, epoch }: Device, devices: readonly DeviceSync[]): PurgeReceipt[] {
  const own = state.epochs.get(encodeHex(epoch.hash));
  const namesOf = (moved: boolean): string[] =>
    devices.filter((each) => each.moved === moved).map(({ name }) => name);
  return (own === undefined ? [] : listChain(own, state))
    .filter(({ record }) => record.purged.length > 0)
    .map(({ record }) => ({
      epoch: record.number,
      passkeys: record.purged.length,
      acknowledged: namesOf(true),
      waitingFor: namesOf(false),
    }));
}

/** Entries of all other chains above what the device with this tag has named. */
function countUnseen({ state }: Device, book: SeenBook, tag: string): number {
  const seen = book.seenBy(tag);
  let unseen = 0;
  for (const [chain, tip] of state.tips) {
    if (chain !== tag) unseen += Math.max(0, tip.seq - (seen.get(chain) ?? 0));
  }
  return unseen;
}

function countCopies(device: Device, book: SeenBook, ids: readonly PasskeyId[]): PasskeyCopies[] {
  const { state } = device;
  const own = device.self === null ? null : encodeHex(device.self.deviceTag);
  const creations = state.document.creations();
  const members = listDevices(state);
  return ids.map((id) => {
    const place = book.placeOf(creations.get(id) ?? "");
    const holders = members.filter(([tag]) => {
      if (tag === own) return true;
      const seen = book.seenBy(tag);
      // What the epoch began with is on every device that has written in it.
      return place === null ? seen.size > 0 : (seen.get(place.tag) ?? 0) >= place.seq;
    });
    return {
      id,
      have: holders.length,
      of: members.length,
      devices: holders.map(([, { member }]) => readDeviceName(state.document, member)).sort(),
    };
  });
}
