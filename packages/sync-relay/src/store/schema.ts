/**
 * The tables of a relay's SQLite file. Append-friendly: rows come in the order of arrival, and doubles are found by (room, tag, seq), not
 * by a random hash. Besides sealed bytes a row holds what the wire shows anyway: tags, numbers, sizes, days.
 */

/** "LKRR": by it SQLite and we know a relay's file from any other, a vault's too. */
export const APPLICATION_ID = 0x4c4b5252;
/** Rises when the tables change. */
export const SCHEMA_VERSION = 3;

export const SCHEMA = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;

  CREATE TABLE room (
    -- Never given again: sockets of a room that the operator dropped must not find themselves in the next one.
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    room_id BLOB NOT NULL UNIQUE,
    head INTEGER NOT NULL DEFAULT 0,
    entries INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0,
    pins INTEGER NOT NULL DEFAULT 0, pin_bytes INTEGER NOT NULL DEFAULT 0,
    tags INTEGER NOT NULL DEFAULT 0,
    created_day INTEGER NOT NULL, seen_day INTEGER NOT NULL,
    forward_hash BLOB, forward_body BLOB,
    invite INTEGER
  );
  CREATE INDEX room_by_invite ON room (invite) WHERE invite IS NOT NULL;

  CREATE TABLE invite (
    n INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    rooms INTEGER NOT NULL, until_day INTEGER,
    window_day INTEGER NOT NULL DEFAULT 0, window_rooms INTEGER NOT NULL DEFAULT 0
  );

  CREATE TABLE entry (
    n INTEGER PRIMARY KEY,
    room INTEGER NOT NULL, cursor INTEGER NOT NULL,
    device_tag BLOB NOT NULL, seq INTEGER NOT NULL,
    pinned INTEGER NOT NULL, stored_day INTEGER NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (room, cursor)
  );
  CREATE INDEX entry_by_tag ON entry (room, device_tag, seq);

  CREATE TABLE snapshot (
    n INTEGER PRIMARY KEY,
    room INTEGER NOT NULL, staged INTEGER NOT NULL,
    hash BLOB NOT NULL, size INTEGER NOT NULL, stored_day INTEGER
  );
  CREATE INDEX snapshot_by_room ON snapshot (room, staged);
  CREATE TABLE snapshot_chunk (
    snapshot INTEGER NOT NULL, i INTEGER NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (snapshot, i)
  );
`;
