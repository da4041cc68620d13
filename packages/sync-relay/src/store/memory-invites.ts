/** The memory store's invitations (relay.md § 12). */
import { encodeHex, type RoomId } from "@latchkey/core/relay-protocol";
import {
  type Invite,
  INVITE_WINDOW_DAYS,
  type InviteStore,
  type RoomState,
  type StoreLimits,
} from "./store.ts";

interface KeptInvite {
  invite: Invite;
  readonly ref: number;
  windowDay: number;
  windowRooms: number;
}

export function createMemoryInvites(
  limits: StoreLimits,
  rooms: {
    isThere(id: RoomId): boolean;
    create(id: RoomId, today: number, invite: number | null): RoomState;
    alive(invite: number): number;
  },
): InviteStore {
  const invites = new Map<string, KeptInvite>();
  let lastRef = 0;

  return {
    async put(invite) {
      const key = encodeHex(invite.hash);
      const known = invites.get(key);
      if (known === undefined) invites.set(key, { invite, ref: ++lastRef, windowDay: 0, windowRooms: 0 });
      else known.invite = invite;
    },
    list: async () =>
      [...invites.values()].map(({ invite, ref }) => ({
        ref,
        rooms: invite.rooms,
        alive: rooms.alive(ref),
        untilDay: invite.untilDay,
      })),
    async drop(ref) {
      for (const [key, kept] of invites) if (kept.ref === ref) invites.delete(key);
    },
    async createRoom(id, today, hash) {
      if (rooms.isThere(id)) return rooms.create(id, today, null);
      const kept = invites.get(encodeHex(hash));
      if (kept === undefined || today > (kept.invite.untilDay ?? today)) return null;
      const isFresh = today >= kept.windowDay + INVITE_WINDOW_DAYS;
      const made = isFresh ? 0 : kept.windowRooms;
      if (made >= limits.inviteRoomsPer30Days || rooms.alive(kept.ref) >= kept.invite.rooms) return null;
      kept.windowDay = isFresh ? today : kept.windowDay;
      kept.windowRooms = made + 1;
      return rooms.create(id, today, kept.ref);
    },
  };
}
