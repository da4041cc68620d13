/** A store over the part of SQLite that every host has (`sql.ts`): the queries behind the port. What a file is, its host knows. */
import { createSqlEntries } from "./sql-entries.ts";
import { createSqlInvites } from "./sql-invites.ts";
import { createSqlDescriber, createSqlRooms } from "./sql-rooms.ts";
import { createSqlSlots } from "./sql-slots.ts";
import type { Sql } from "./sql.ts";
import type { Store, StoreLimits } from "./store.ts";

export type SqlStore = Omit<Store, "instanceId" | "probe" | "close">;

export function createSqlStore(sql: Sql, limits: StoreLimits): SqlStore {
  const entries = createSqlEntries(sql, limits);
  const slots = createSqlSlots(sql, limits);
  const rooms = createSqlRooms(sql, limits);
  const invites = createSqlInvites(sql, limits, (id, today) => rooms.open(id, today));
  const describer = createSqlDescriber(sql);

  return {
    openRoom: async (id, today) => rooms.open(id, today),
    createRoom: async (id, today) => rooms.create(id, today),
    others: null,
    invites: {
      put: async (invite) => invites.put(invite),
      list: async () => invites.list(),
      drop: async (ref) => invites.drop(ref),
      createRoom: async (id, today, hash) => invites.createRoom(id, today, hash),
    },
    commit: async (batch, today) => entries.commit(batch, today),
    read: async (room, after, maxEntries, maxBytes) => entries.read(room, after, maxEntries, maxBytes),
    stageSnapshot: async (room, hash, size) => slots.stageSnapshot(room, hash, size),
    stageChunk: async (staged, index, body) => slots.stageChunk(staged, index, body),
    commitSnapshot: async (staged, expected, today) => slots.commitSnapshot(staged, expected, today),
    dropStaged: async (staged) => slots.dropStaged(staged),
    readSnapshot: async (room, hash, from, count) => slots.readSnapshot(room, hash, from, count),
    replaceForward: async (room, expected, record) => slots.replaceForward(room, expected, record),
    readForward: async (room) => slots.readForward(room),
    describe: async (room) => describer.describe(room),
    purge: async (room) => rooms.purge(room),
    touch: async (refs, today) => rooms.touch(refs, today),
    expire: async (today) => rooms.expire(today),
  };
}
