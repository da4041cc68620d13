/**
 * What an operator does with a relay's SQLite file, whether the relay runs or not: invitations, dropping a room, backup and restore
 * (relay.md § 11 and § 12). The commands `latchkey relay …` call this.
 */
import { createHash, randomBytes } from "node:crypto";
import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { VaultError } from "@latchkey/core/errors";
import type { RoomId } from "@latchkey/core/relay-protocol";
import { makeInvite } from "../admission.ts";
import { DEFAULT_LIMITS } from "../limits.ts";
import { createSqlInvites } from "../store/sql-invites.ts";
import { createSqlRooms } from "../store/sql-rooms.ts";
import { asNumber, type Sql } from "../store/sql.ts";
import { editSqliteFile, isSqliteFileInUse, readSqliteFile, reclaim } from "../store/sqlite.ts";
import type { Invite, InviteReport } from "../store/store.ts";

// The bounds of a room do not matter here: nothing is put.
const invitesOf = (sql: Sql) => createSqlInvites(sql, DEFAULT_LIMITS, () => null);

/** Makes an invitation and returns its token, which is nowhere else. */
export function addInvite(file: string, bounds: Pick<Invite, "rooms" | "untilDay">): Uint8Array {
  const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
  const sha256 = (data: Uint8Array): Uint8Array => new Uint8Array(createHash("sha256").update(data).digest());
  const { token, invite } = makeInvite(bounds, random, sha256);
  editSqliteFile(file, (sql) => invitesOf(sql).put(invite));
  return token;
}

export const listInvites = (file: string): readonly InviteReport[] =>
  editSqliteFile(file, (sql) => invitesOf(sql).list());

/** Whether there was such an invitation. */
export function dropInvite(file: string, ref: number): boolean {
  return editSqliteFile(file, (sql) => {
    const invites = invitesOf(sql);
    const isThere = invites.list().some((invite) => invite.ref === ref);
    if (isThere) invites.drop(ref);
    return isThere;
  });
}

/** Drops a room and everything in it. Its sockets are closed at their next put. `false`: there is none. */
export function dropRoom(file: string, id: RoomId): boolean {
  return editSqliteFile(file, (sql) => {
    const row = sql.prepare("SELECT n FROM room WHERE room_id = ?").get(id);
    if (row === undefined) return false;
    createSqlRooms(sql, DEFAULT_LIMITS).drop(asNumber(row["n"]));
    reclaim(sql);
    return true;
  });
}

/** Writes a consistent copy of the file, readable by its owner only; the relay may run. Throws `LK-RELAY-CONFIG` when `to` is there. */
export function backUpRelayFile(file: string, to: string): void {
  if (existsSync(to)) throw new VaultError("LK-RELAY-CONFIG", `${to} exists already`);
  copyDatabase(file, to);
}

/**
 * Puts a backup in the place of the relay's file. The relay gets a new instance id with its next start: its devices then pull from the
 * beginning and give back what the backup lacks. Throws `LK-RELAY-CONFIG` when the backup is none or the relay runs; nothing is changed.
 */
export function restoreRelayFile(backup: string, file: string): void {
  if (!isSound(backup)) throw new VaultError("LK-RELAY-CONFIG", `${backup} is damaged`);
  if (existsSync(file) && isSqliteFileInUse(file)) {
    throw new VaultError("LK-RELAY-CONFIG", `a relay runs on ${file}: end it before`);
  }
  const fresh = `${file}.restoring`;
  rmSync(fresh, { force: true });
  copyDatabase(backup, fresh);
  // Without its mark the file counts as restored.
  for (const suffix of [".mark", "-wal", "-shm"]) rmSync(file + suffix, { force: true });
  renameSync(fresh, file);
}

function isSound(file: string): boolean {
  return readSqliteFile(file, (sql) => {
    try {
      return sql.prepare("PRAGMA integrity_check").get()?.["integrity_check"] === "ok";
    } catch {
      return false;
    }
  });
}

function copyDatabase(from: string, to: string): void {
  // An empty file is taken as it is, with its mode.
  writeFileSync(to, "", { mode: 0o600, flag: "wx" });
  readSqliteFile(from, (sql) => sql.prepare("VACUUM INTO ?").run(to));
}
