/** The rooms that have sockets now, and who hears of what is new in them. Nothing of it outlives the sockets. */
import { encodeFrame, type PlacedEntry, type RoomId } from "@latchkey/core/relay-protocol";
import type { IpGroup } from "./address.ts";
import type { RoomRef, RoomState } from "./store/store.ts";

/** A joined socket, as its room sees it (`member.ts`). */
export interface Listener {
  /** A new entry, with its `event` frame encoded once for all. */
  push(entry: PlacedEntry, frame: Uint8Array): void;
  /** The room was purged by another member. */
  purged(): void;
}

export interface Room {
  readonly id: RoomId;
  readonly ref: RoomRef;
  /** As whom it spends what a room may. */
  readonly payer: IpGroup;
  /** The highest cursor that is committed and was delivered. */
  head: number;
  readonly members: Set<Listener>;
}

export type Rooms = ReturnType<typeof createRooms>;

/** `lookForNews` is told of rooms that other relays may have written to; `null`: there are none. */
export function createRooms(socketsPerRoom: number, lookForNews: ((room: RoomRef) => void) | null) {
  const rooms = new Map<RoomRef, Room>();

  return {
    /** The room with this member in it, or `null` when it is full. */
    enter(id: RoomId, { head, ref }: RoomState, member: Listener): Room | null {
      const there = rooms.get(ref);
      const payer = [{ key: String(ref), factor: 1 }];
      const room: Room = there ?? { id, ref, payer, head, members: new Set() };
      if (room.members.size >= socketsPerRoom) return null;
      room.members.add(member);
      rooms.set(ref, room);
      // Since its state was read somebody else may have written, and the hint was not for a room that is open here.
      if (there === undefined) lookForNews?.(ref);
      return room;
    },
    leave(room: Room, member: Listener): void {
      room.members.delete(member);
      if (room.members.size === 0) rooms.delete(room.ref);
    },
    /**
     * Tells all but the sender, in the order of cursors, what they have not been told. Committed entries only. What a sender put is not
     * told when entries before it are missing here: then it comes with them, from the store (`null`: that is where these come from).
     */
    deliver(ref: RoomRef, entries: readonly PlacedEntry[], sender: Listener | null): void {
      // The sender may have left since, and others come: what counts is the room as it is now.
      const room = rooms.get(ref);
      if (room === undefined) return;
      const missing = entries.filter(({ cursor }) => cursor > room.head);
      const isGapped = missing.some(({ cursor }, i) => cursor !== room.head + 1 + i);
      if (isGapped && sender !== null && lookForNews !== null) return lookForNews(ref);
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
