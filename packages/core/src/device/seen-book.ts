/**
 * Who has what, as far as this device can know: each entry names how far its author had seen the others' chains, so whoever wrote it held all
 * that. Read from the entries themselves when somebody asks, and from there on only from new ones: an epoch's log is bounded, and nothing of
 * this is worth a row.
 */
import { encodeHex } from "../bytes/text.ts";
import { isVaultError } from "../errors.ts";
import { decodeChangePayload, decodeReissuePayload } from "../log/change.ts";
import { type OpenedEntry, SealedEntry } from "../log/verify.ts";
import type { Device } from "./device.ts";

/** Entries read from the store at once. */
const BATCH = 64;

/** An entry by its author's tag in hex and its number. */
export interface EntryPlace {
  readonly tag: string;
  readonly seq: number;
}

export interface SeenBook {
  /** Reads what was accepted since the last time. */
  update(): Promise<void>;
  /** How far the device with this tag (hex) had come with every chain, its own too, when it last wrote something that is here. */
  seenBy(tag: string): ReadonlyMap<string, number>;
  /** Where the change with this hash (hex) came; `null` for what the epoch began with. */
  placeOf(change: string): EntryPlace | null;
}

export function createSeenBook(device: Device): SeenBook {
  let logId = "";
  let next = 0;
  let seen = new Map<string, Map<string, number>>();
  let places = new Map<string, EntryPlace>();

  function take(opened: OpenedEntry): void {
    const { deviceTag, seq } = opened.header;
    const tag = encodeHex(deviceTag);
    const own = seen.get(tag) ?? new Map<string, number>();
    seen.set(tag, own);
    const raise = (chain: string, number: number) => own.set(chain, Math.max(number, own.get(chain) ?? 0));
    raise(tag, seq);
    for (const tip of opened.seen) raise(encodeHex(tip.deviceTag), tip.seq);
    for (const hash of listChanges(opened)) places.set(encodeHex(hash), { tag, seq });
  }

  async function update(): Promise<void> {
    const { context, state } = device;
    const { epoch } = context;
    if (encodeHex(epoch.logId) !== logId) {
      logId = encodeHex(epoch.logId);
      next = 0;
      seen = new Map();
      places = new Map();
    }
    const fresh = [...state.accepted.values()]
      .filter(({ position }) => position >= next)
      .sort((a, b) => a.position - b.position);
    for (let start = 0; start < fresh.length; start += BATCH) {
      const hashes = fresh.slice(start, start + BATCH).map(({ hash }) => hash);
      for (const { bytes } of await device.readEntries(hashes)) {
        const sealed = SealedEntry.decode(bytes);
        const author = state.members.get(encodeHex(sealed.header.deviceTag));
        if (author === undefined) continue;
        take(sealed.verify(author.member.identity.entryPublicKey).open(epoch.keys, epoch.hash));
      }
    }
    next = state.nextPosition;
  }

  let running: Promise<void> = Promise.resolve();
  return {
    update() {
      running = running.then(update, update);
      return running;
    },
    seenBy: (tag) => seen.get(tag) ?? new Map(),
    placeOf: (change) => places.get(change) ?? null,
  };
}

/** Hashes of the changes in an entry; an accepted one has a payload of the right form. */
function listChanges(opened: OpenedEntry): Uint8Array[] {
  try {
    if (opened.kind === "change") return decodeChangePayload(opened.payload).changes.map(({ hash }) => hash);
    if (opened.kind === "reissue")
      return decodeReissuePayload(opened.payload).flatMap(({ changes }) => changes.map(({ hash }) => hash));
    return [];
  } catch (error) {
    if (isVaultError(error, "LK-ENTRY-MALFORMED")) return [];
    throw error;
  }
}
