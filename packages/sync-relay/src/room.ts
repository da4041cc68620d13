/** The rooms that have sockets now, and who hears of what is new in them. Nothing of it outlives the sockets. */
import { encodeFrame, encodeHex, type PlacedEntry, type RoomId } from "@latchkey/core/relay-protocol";
import type { RoomRef, RoomState } from "./store/store.ts";

/** A joined socket. */
export interface Member {
  /** A new entry, with its `event` frame encoded once for all. */
  push(entry: PlacedEntry, frame: Uint8Array): void;
  /** The room was purged by another member. */
  purged(): void;
}

export interface Room {
  readonly id: RoomId;
  /** The id as text, for maps. */
  readonly key: string;
  readonly ref: RoomRef;
  /** The highest cursor that is committed and was delivered. */
  head: number;
  readonly members: Set<Member>;
}

export type Rooms = ReturnType<typeof createRooms>;

/** `lookForNews` is told of rooms that other relays may have written to; `null`: there are none. */
export function createRooms(socketsPerRoom: number, lookForNews: ((room: Room) => void) | null) {
  const rooms = new Map<string, Room>();

  return {
    /** The room with this member in it, or `null` when it is full. */
    enter(id: RoomId, { head, ref }: RoomState, member: Member): Room | null {
      const key = encodeHex(id);
      const there = rooms.get(key);
      const room: Room = there ?? { id, key, ref, head, members: new Set() };
      if (room.members.size >= socketsPerRoom) return null;
      room.members.add(member);
      rooms.set(key, room);
      // Since its state was read somebody else may have written, and the hint was not for a room that is open here.
      if (there === undefined) lookForNews?.(room);
      return room;
    },
    leave(room: Room, member: Member): void {
      room.members.delete(member);
      if (room.members.size === 0) rooms.delete(room.key);
    },
    /**
     * Tells all but the sender, in the order of cursors, what they have not been told. Committed entries only. What a sender put is not
     * told when entries before it are missing here: then it comes with them, from the store (`null`: that is where these come from).
     */
    deliver({ key }: Room, entries: readonly PlacedEntry[], sender: Member | null): void {
      // The sender may have left since, and others come: what counts is the room as it is now.
      const room = rooms.get(key);
      if (room === undefined) return;
      const missing = entries.filter(({ cursor }) => cursor > room.head);
      const isGapped = missing.some(({ cursor }, i) => cursor !== room.head + 1 + i);
      if (isGapped && sender !== null && lookForNews !== null) return lookForNews(room);
      for (const entry of missing) {
        room.head = entry.cursor;
        const others = [...room.members].filter((member) => member !== sender);
        if (others.length === 0) continue;
        const frame = encodeFrame({ op: "event", ...entry });
        for (const member of others) member.push(entry, frame);
      }
    },
    open: () => [...rooms.values()],
  };
}
