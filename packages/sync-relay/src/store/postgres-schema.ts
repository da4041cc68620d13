/**
 * The tables of relays that share a PostgreSQL database, in a schema of their own (relay.md § 8). The same columns as in SQLite: sealed
 * bytes, and what the wire shows anyway. Bodies are not compressed, because ciphertext cannot be.
 */

export const SCHEMA = "latchkey_relay";
/** Rises when the tables change. */
export const SCHEMA_VERSION = 1;
/** Whoever makes the tables holds this advisory lock: "LKRR". */
export const SCHEMA_LOCK = 0x4c4b5252;

/**
 * Pairing mailboxes, with times in milliseconds since 1970: rows of minutes, so not logged, and made where they are missing.
 */
export const MAILBOX_TABLES = `
  CREATE UNLOGGED TABLE IF NOT EXISTS mailbox (
    n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    mailbox_id bytea NOT NULL UNIQUE,
    ends bigint NOT NULL,
    opener bytea NOT NULL, claimant bytea,
    crowded bigint NOT NULL DEFAULT 0,
    nameplate int, named_until bigint NOT NULL DEFAULT 0
  );
  CREATE INDEX IF NOT EXISTS mailbox_by_nameplate ON mailbox (nameplate) WHERE nameplate IS NOT NULL;
  CREATE UNLOGGED TABLE IF NOT EXISTS mailbox_message (
    mailbox bigint NOT NULL REFERENCES mailbox ON DELETE CASCADE,
    side int NOT NULL, number int NOT NULL, body bytea NOT NULL,
    PRIMARY KEY (mailbox, side, number)
  );
`;

export const TABLES = `
  CREATE TABLE meta (key text PRIMARY KEY, value bytea NOT NULL);

  CREATE TABLE room (
    n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    room_id bytea NOT NULL UNIQUE,
    head bigint NOT NULL DEFAULT 0,
    entries bigint NOT NULL DEFAULT 0, bytes bigint NOT NULL DEFAULT 0,
    pins bigint NOT NULL DEFAULT 0, pin_bytes bigint NOT NULL DEFAULT 0,
    tags bigint NOT NULL DEFAULT 0,
    created_day int NOT NULL, seen_day int NOT NULL,
    forward_hash bytea, forward_body bytea,
    invite bigint
  ) WITH (fillfactor = 80);
  CREATE INDEX room_by_seen ON room (seen_day);
  CREATE INDEX room_by_invite ON room (invite) WHERE invite IS NOT NULL;

  CREATE TABLE invite (
    n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash bytea NOT NULL UNIQUE,
    rooms bigint NOT NULL, until_day int,
    window_day int NOT NULL DEFAULT 0, window_rooms bigint NOT NULL DEFAULT 0
  );

  CREATE TABLE entry (
    room bigint NOT NULL, cursor bigint NOT NULL,
    device_tag bytea NOT NULL, seq bigint NOT NULL,
    pinned boolean NOT NULL, stored_day int NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (room, cursor)
  );
  ALTER TABLE entry ALTER COLUMN body SET STORAGE EXTERNAL;
  CREATE INDEX entry_by_tag ON entry (room, device_tag, seq);

  CREATE TABLE snapshot (
    n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    room bigint NOT NULL,
    hash bytea NOT NULL, size bigint NOT NULL, stored_day int,
    -- Under way: the process that takes the upload, and the day. The current one has neither.
    stager int, staged_day int
  );
  CREATE INDEX snapshot_by_room ON snapshot (room);
  CREATE UNIQUE INDEX snapshot_current ON snapshot (room) WHERE stager IS NULL;
  CREATE TABLE snapshot_chunk (
    snapshot bigint NOT NULL REFERENCES snapshot ON DELETE CASCADE,
    i int NOT NULL, body bytea NOT NULL,
    PRIMARY KEY (snapshot, i)
  );
  ALTER TABLE snapshot_chunk ALTER COLUMN body SET STORAGE EXTERNAL;
`;
