/** The store in memory: nothing survives it. For tests, and as the second voice of the store contract. Not for production. */
import {
  type Description,
  encodeHex,
  equalBytes,
  type ForwardRecord,
  MAX_DEVICE_TAGS,
  type RoomId,
  sameHash,
} from "@latchkey/core/relay-protocol";
import { createMemoryInvites } from "./memory-invites.ts";
import type { NewEntry, RoomRef, RoomState, Store, StoredEntry, StoreLimits, SwapResult } from "./store.ts";

interface KeptEntry extends NewEntry {
  readonly cursor: number;
  readonly day: number;
}

interface Snapshot {
  readonly hash: Uint8Array;
  readonly size: number;
  readonly chunks: Uint8Array[];
}

interface Room {
  readonly ref: RoomRef;
  readonly id: string;
  readonly createdDay: number;
  seenDay: number;
  head: number;
  entries: KeptEntry[];
  snapshot: Snapshot | null;
  forward: ForwardRecord | null;
  readonly invite: number | null;
}

const QUOTA: StoredEntry = { code: "LK-RELAY-QUOTA" };
const GONE: StoredEntry = { code: "LK-RELAY-GONE" };

const bytesOf = (entries: readonly KeptEntry[]): number =>
  entries.reduce((bytes, entry) => bytes + entry.bytes.length, 0);
const slotOf = (snapshot: Snapshot | null) => snapshot && { hash: snapshot.hash, size: snapshot.size };
const forwardSlotOf = (record: ForwardRecord | null) =>
  record && { hash: record.hash, size: record.body.length };

export function createMemoryStore(instanceId: Uint8Array, limits: StoreLimits): Store {
  const rooms = new Map<RoomRef, Room>();
  const staged = new Map<number, Snapshot & { readonly room: RoomRef }>();
  let lastRef = 0;

  function get(ref: RoomRef): Room {
    const room = rooms.get(ref);
    if (room === undefined) throw new Error("room is gone");
    return room;
  }

  function find(id: RoomId): Room | undefined {
    const text = encodeHex(id);
    return [...rooms.values()].find((room) => room.id === text);
  }

  const stateOf = (room: Room): RoomState => ({
    ref: room.ref,
    head: room.head,
    snapshot: slotOf(room.snapshot),
    forward: forwardSlotOf(room.forward),
  });

  function create(id: RoomId, today: number, invite: number | null): RoomState {
    const there = find(id);
    if (there !== undefined) return stateOf(there);
    const days = { createdDay: today, seenDay: today };
    const room: Room = {
      ...days,
      ref: ++lastRef,
      id: encodeHex(id),
      head: 0,
      entries: [],
      snapshot: null,
      forward: null,
      invite,
    };
    rooms.set(room.ref, room);
    return stateOf(room);
  }

  function pinFits(room: Room, size: number): boolean {
    const pins = room.entries.filter((entry) => entry.pinned);
    return pins.length < limits.roomPins && bytesOf(pins) + size <= limits.roomPinBytes;
  }

  function logFits(room: Room, size: number): boolean {
    const log = room.entries.filter((entry) => !entry.pinned);
    return log.length < limits.roomLogEntries && bytesOf(log) + size <= limits.roomLogBytes;
  }

  function keep(entry: NewEntry, day: number): StoredEntry {
    const room = rooms.get(entry.room);
    if (room === undefined) return GONE;
    const size = entry.bytes.length;
    const double = room.entries.find(
      (kept) =>
        equalBytes(kept.deviceTag, entry.deviceTag) &&
        kept.seq === entry.seq &&
        equalBytes(kept.bytes, entry.bytes),
    );
    if (double !== undefined) {
      if (entry.pinned && !double.pinned) {
        if (!pinFits(room, size)) return QUOTA;
        room.entries[room.entries.indexOf(double)] = { ...double, pinned: true };
      }
      return { cursor: double.cursor, fresh: false };
    }
    if (!(entry.pinned ? pinFits(room, size) : logFits(room, size))) return QUOTA;
    const tags = new Set(room.entries.map((kept) => encodeHex(kept.deviceTag)));
    if (!tags.has(encodeHex(entry.deviceTag)) && tags.size >= MAX_DEVICE_TAGS) return QUOTA;
    const cursor = ++room.head;
    room.entries.push({ ...entry, cursor, day });
    return { cursor, fresh: true };
  }

  function describe(room: Room): Description {
    const log = room.entries.filter((entry) => !entry.pinned);
    const pins = room.entries.filter((entry) => entry.pinned);
    const tags = new Map<string, KeptEntry[]>();
    for (const entry of room.entries) {
      const text = encodeHex(entry.deviceTag);
      tags.set(text, [...(tags.get(text) ?? []), entry]);
    }
    const sorted = [...tags].sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      createdDay: room.createdDay,
      seenDay: room.seenDay,
      head: room.head,
      entries: log.length,
      bytes: bytesOf(log),
      pins: pins.length,
      pinBytes: bytesOf(pins),
      tags: sorted.map(([, entries]) => ({
        deviceTag: (entries[0] as KeptEntry).deviceTag,
        entries: entries.length,
        bytes: bytesOf(entries),
        highestSeq: Math.max(...entries.map((entry) => entry.seq)),
        firstDay: Math.min(...entries.map((entry) => entry.day)),
        lastDay: Math.max(...entries.map((entry) => entry.day)),
      })),
      snapshot: slotOf(room.snapshot),
      forward: forwardSlotOf(room.forward),
      invite: room.invite,
    };
  }

  return {
    instanceId,
    async openRoom(id, today) {
      const room = find(id);
      if (room === undefined) return null;
      room.seenDay = Math.max(room.seenDay, today);
      return stateOf(room);
    },
    createRoom: async (id, today) => create(id, today, null),
    others: null,
    invites: createMemoryInvites(limits, {
      isThere: (id) => find(id) !== undefined,
      create,
      alive: (invite) => [...rooms.values()].filter((room) => room.invite === invite).length,
    }),
    async commit(batch, today) {
      return batch.map((entry) => keep(entry, today));
    },
    async read(ref, after, maxEntries, maxBytes) {
      const room = get(ref);
      const page = [];
      let bytes = 0;
      for (const { cursor, bytes: entry } of room.entries) {
        if (cursor <= after) continue;
        bytes += entry.length;
        if (page.length === maxEntries || (page.length > 0 && bytes > maxBytes)) break;
        page.push({ cursor, entry });
      }
      return { entries: page, head: room.head };
    },
    async stageSnapshot(room, hash, size) {
      const underWay = [...staged.values()].filter((upload) => upload.room === room);
      if (underWay.reduce((sum, upload) => sum + upload.size, size) > limits.snapshotBytes) return null;
      staged.set(++lastRef, { room, hash, size, chunks: [] });
      return lastRef;
    },
    async stageChunk(ref, index, body) {
      const upload = staged.get(ref);
      if (upload === undefined || upload.chunks.length !== index) throw new Error("upload is gone");
      upload.chunks.push(body);
    },
    async commitSnapshot(ref, expected) {
      const upload = staged.get(ref);
      if (upload === undefined) throw new Error("upload is gone");
      staged.delete(ref);
      const room = get(upload.room);
      const current = room.snapshot?.hash ?? null;
      if (!sameHash(current, expected)) return { swapped: false, current };
      room.snapshot = upload;
      return { swapped: true };
    },
    async dropStaged(ref) {
      staged.delete(ref);
    },
    async readSnapshot(ref, hash, from, count) {
      const { snapshot } = get(ref);
      if (snapshot === null || !equalBytes(snapshot.hash, hash)) return null;
      return { chunks: snapshot.chunks.slice(from, from + count), total: snapshot.chunks.length };
    },
    async replaceForward(ref, expected, record): Promise<SwapResult> {
      const room = get(ref);
      const current = room.forward?.hash ?? null;
      if (!sameHash(current, expected)) return { swapped: false, current };
      room.forward = record;
      return { swapped: true };
    },
    readForward: async (ref) => get(ref).forward,
    describe: async (ref) => describe(get(ref)),
    async purge(ref) {
      const room = get(ref);
      room.entries = room.entries.filter((entry) => entry.pinned);
      room.snapshot = null;
    },
    async touch(refs, today) {
      for (const ref of refs) {
        const room = rooms.get(ref);
        if (room !== undefined) room.seenDay = today;
      }
    },
    async expire(today) {
      const old = [...rooms.values()].filter((room) => {
        const empty = room.head === 0 && room.snapshot === null && room.forward === null;
        return room.seenDay < today - (empty ? limits.roomEmptyDays : limits.roomIdleDays);
      });
      for (const room of old) rooms.delete(room.ref);
      return old.length;
    },
    probe: async () => ({ freeBytes: null }),
    close: async () => undefined,
  };
}
