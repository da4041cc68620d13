/**
 * The relay's store in PostgreSQL, which any number of relays share (relay.md § 8): a log with the order of a room kept by row locks,
 * NOTIFY as a hint, readers that pull by cursor. Rates and the space for uploads are counted by each process for itself, quotas and
 * invitations by all together.
 *
 * The instance id stays while the data does. It changes when the server's identity or timeline does (a restored backup, a promoted
 * replica), or when `meta.instance` is deleted, which whoever loads a dump must do. A process that finds another id than the one it began
 * with refuses every write from then on, is not ready, and has to be started again: its sockets were promised the old one.
 */
import { VaultError } from "@latchkey/core/errors";
import { type Clock, equalBytes, INSTANCE_ID_BYTES, type Random } from "@latchkey/core/relay-protocol";
import { dayOf } from "../limits.ts";
import { type Db, openDatabase, type Sql } from "./postgres-db.ts";
import { createPostgresEntries } from "./postgres-entries.ts";
import { createPostgresHints } from "./postgres-hints.ts";
import { createPostgresInvites } from "./postgres-invites.ts";
import type { MailboxLimits, MailboxStore } from "./mailbox-store.ts";
import { createPostgresMailboxes } from "./postgres-mailboxes.ts";
import { createPostgresRooms } from "./postgres-rooms.ts";
import { MAILBOX_TABLES, SCHEMA, SCHEMA_LOCK, SCHEMA_VERSION, TABLES } from "./postgres-schema.ts";
import { createPostgresSlots } from "./postgres-slots.ts";
import type { Store, StoreLimits } from "./store.ts";

export interface PostgresStoreOptions {
  /** `postgres://user@host:port/database`. */
  readonly url: string;
  readonly limits: StoreLimits & MailboxLimits;
  readonly clock: Clock;
  readonly random: Random;
}

export interface PostgresStore extends Store {
  readonly mailboxes: MailboxStore;
}

/** Connects, and makes the tables if they are missing. Throws `LK-RELAY-CONFIG` when the database cannot be used. */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<PostgresStore> {
  const { url, limits, clock, random } = options;
  const db = open(url);
  const instanceId = await db
    .transaction((tx) => prepare(tx, random))
    .catch(async (cause: unknown) => {
      await db.close();
      if (cause instanceof VaultError) throw cause;
      throw new VaultError("LK-RELAY-CONFIG", "database cannot be used", { cause });
    });

  const guard = (sql: Sql): Promise<void> => checkInstance(sql, instanceId);
  const hints = createPostgresHints(url, random, () => db.run(guard));
  const stager = new DataView(random(4).buffer).getInt32(0) >>> 1;
  const { readNews, ...entries } = createPostgresEntries(db, limits, {
    guard,
    hint: (tx, refs) => hints.rooms.send(tx, refs),
  });
  const rooms = createPostgresRooms(db, limits);

  return {
    instanceId,
    ...rooms,
    ...entries,
    invites: createPostgresInvites(db, limits, (id, today) => rooms.openRoom(id, today)),
    others: { watch: (onHint) => hints.rooms.watch(onHint), readNews },
    mailboxes: createPostgresMailboxes(db, { limits, clock, random, hints: hints.mailboxes }),
    ...createPostgresSlots(db, limits, stager, () => dayOf(clock.now())),
    async probe() {
      await db.run(guard);
      return { freeBytes: null };
    },
    async close() {
      await hints.close();
      await db.run((sql) => sql`DELETE FROM snapshot WHERE stager = ${stager}`).catch(() => undefined);
      await db.close();
    },
  };
}

function open(url: string): Db {
  try {
    return openDatabase(url);
  } catch (cause) {
    throw new VaultError("LK-RELAY-CONFIG", "database URL cannot be read", { cause });
  }
}

/** Makes what is missing, checks what is there, and gives the instance id. */
async function prepare(tx: Sql, random: Random): Promise<Uint8Array> {
  const [settings] =
    await tx`SELECT current_setting('fsync') AS fsync, current_setting('full_page_writes') AS pages`;
  if (settings?.["fsync"] !== "on" || settings["pages"] !== "on")
    refuse("database does not keep what it commits (fsync, full_page_writes)");
  await tx`SELECT pg_advisory_xact_lock(${SCHEMA_LOCK})`;
  const [there] = await tx`SELECT to_regclass(${`${SCHEMA}.meta`}) IS NOT NULL AS made`;
  if (there?.["made"] !== true) {
    await tx`CREATE SCHEMA IF NOT EXISTS ${tx(SCHEMA)}`;
    await tx.unsafe(TABLES);
    await tx`INSERT INTO meta VALUES ('version', ${new Uint8Array([SCHEMA_VERSION])})`;
  }
  await tx.unsafe(MAILBOX_TABLES);
  const [version] = await tx<{ value: Uint8Array }[]>`SELECT value FROM meta WHERE key = 'version'`;
  if (version?.value[0] !== SCHEMA_VERSION) refuse("database is not of a relay of this version");
  return readInstance(tx, random);
}

/** The id in the database, what it was given for, and what the server is now. A file of the server is read for it, some kilobytes. */
async function findInstance(sql: Sql) {
  const [row] = await sql<{ instance: Uint8Array | null; origin: Uint8Array | null; now: Uint8Array }[]>`
    SELECT (SELECT value FROM meta WHERE key = 'instance') AS instance, (SELECT value FROM meta WHERE key = 'origin') AS origin,
      convert_to(system_identifier || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8), 'UTF8') AS now
    FROM pg_control_system()`;
  if (row === undefined) return refuse("database does not say which server it is");
  const { instance, now, origin } = row;
  return { instance: instance && origin && equalBytes(origin, now) ? instance : null, now };
}

/** The instance id of the data, a new one if they are not what they were. */
async function readInstance(tx: Sql, random: Random): Promise<Uint8Array> {
  const { instance, now } = await findInstance(tx);
  if (instance !== null) return instance;
  const fresh = random(INSTANCE_ID_BYTES);
  await tx`
    INSERT INTO meta VALUES ('instance', ${fresh}), ('origin', ${now})
    ON CONFLICT (key) DO UPDATE SET value = excluded.value`;
  return fresh;
}

async function checkInstance(sql: Sql, expected: Uint8Array): Promise<void> {
  const { instance } = await findInstance(sql);
  if (instance === null || !equalBytes(instance, expected)) {
    throw new Error("the database is not the one that this relay began with");
  }
}

function refuse(what: string): never {
  throw new VaultError("LK-RELAY-CONFIG", what);
}
