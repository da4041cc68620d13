/**
 * The connections to PostgreSQL as the relay's store uses them, through `postgres`, which is loaded where a database is configured and
 * nowhere else. Numbers come as numbers, bytes as `Uint8Array`.
 *
 * A connection that broke is thrown away with everything around it: the library would use it again, and then, if it broke between a query
 * and its sending, stand still or end the process (its issues 1154 and 1208). So each lane here is an instance of the library with one
 * connection, is used by one at a time, and is never used after an error that did not come from the server.
 */
import postgres from "postgres";
import { SCHEMA } from "./postgres-schema.ts";

type Library = postgres.Sql<{ int8: number; bytea: Uint8Array }>;

/** Runs a query on one connection; with a list of rows, gives them for an insert. At most some dozen queries at once. */
export type Sql = Library;

export interface Db {
  /** One query, or some. */
  run<T>(act: (sql: Sql) => Promise<T>): Promise<T>;
  /** All of it is committed and durable afterwards, or, when it rejects, nothing; or the connection broke at the very end, and nobody knows. */
  transaction<T>(act: (sql: Sql) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface Listener {
  /** Listens from now on. */
  listen(channel: string): Promise<void>;
  close(): Promise<void>;
}

interface Lane {
  readonly sql: Library;
  broken: boolean;
}

/** Connections of one process: one commit at a time, and the readers beside it. */
const MAX_LANES = 4;
const CONNECT_SECONDS = 5;
/** A statement that takes longer has failed; a transaction that does nothing for so long lets go of its rooms. */
const PATIENCE_MS = 10_000;
const END_SECONDS = 5;

const BYTEA = {
  to: 17,
  from: [17],
  parse: (text: string) => new Uint8Array(Buffer.from(text.slice(2), "hex")),
  serialize: (bytes: Uint8Array) =>
    `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex")}`,
};

function connect(url: string, options: object): Library {
  return postgres(url, {
    max: 1,
    connect_timeout: CONNECT_SECONDS,
    idle_timeout: 0,
    max_lifetime: null,
    backoff: false,
    // Its query for types is awaited by nobody: when the connection breaks under it, the process would end.
    fetch_types: false,
    onnotice() {},
    types: { int8: { to: 20, from: [20], parse: Number, serialize: String }, bytea: BYTEA },
    connection: {
      application_name: "latchkey-relay",
      search_path: SCHEMA,
      // An acknowledged entry survives a crash of the server, whatever the database's default is.
      synchronous_commit: "on",
      default_transaction_isolation: "read committed",
      statement_timeout: PATIENCE_MS,
      idle_in_transaction_session_timeout: PATIENCE_MS,
      // Every query here looks rows up by an index. A plan is kept as it was made, and made while a table was small it would read all of
      // it for ever, or until the server's own statistics come round.
      enable_seqscan: "off",
      enable_hashjoin: "off",
      enable_mergejoin: "off",
    },
    ...options,
  } as postgres.Options<{}>) as unknown as Library;
}

const discard = (sql: Library, seconds = 0): Promise<void> =>
  sql.end({ timeout: seconds }).catch(() => undefined);

/** Dials when the first query comes. Throws for a URL that is none. */
export function openDatabase(url: string): Db {
  const idle: Lane[] = [];
  const waiting: ((lane: Lane) => void)[] = [];
  let lanes = 0;
  let closed = false;

  function open(): Lane {
    lanes++;
    const lane: Lane = { sql: connect(url, { onclose: () => (lane.broken = true) }), broken: false };
    return lane;
  }

  function take(): Lane | Promise<Lane> {
    for (let lane = idle.pop(); lane !== undefined; lane = idle.pop()) {
      if (!lane.broken) return lane;
      drop(lane);
    }
    return lanes < MAX_LANES ? open() : new Promise((resolve) => waiting.push(resolve));
  }

  function drop(lane: Lane): void {
    lanes--;
    void discard(lane.sql);
  }

  function giveBack(lane: Lane): void {
    if (lane.broken || closed) drop(lane);
    const next = waiting.shift();
    if (next !== undefined) next(lane.broken || closed ? open() : lane);
    else if (!lane.broken && !closed) idle.push(lane);
  }

  async function withLane<T>(act: (lane: Lane) => Promise<T>): Promise<T> {
    if (closed) throw new Error("the database is closed");
    const lane = await take();
    try {
      return await act(lane);
    } catch (error) {
      lane.broken ||= !(error instanceof postgres.PostgresError);
      throw error;
    } finally {
      giveBack(lane);
    }
  }

  // Opened here so that a URL that is none is said at once.
  idle.push(open());
  return {
    run: (act) => withLane(({ sql }) => act(sql)),
    transaction: (act) =>
      withLane(async (lane) => {
        const { sql } = lane;
        await sql`BEGIN`;
        try {
          const result = await act(guarded(lane));
          if (lane.broken) throw new Error("the connection broke");
          await sql`COMMIT`;
          return result;
        } catch (error) {
          // After any other error the lane goes, and with it the transaction.
          if (error instanceof postgres.PostgresError && !lane.broken) await sql`ROLLBACK`;
          throw error;
        }
      }),
    async close() {
      closed = true;
      await Promise.all(idle.splice(0).map(({ sql }) => discard(sql, END_SECONDS)));
    },
  };
}

/** Queries of a transaction, which must not go out on a connection that was made anew. */
function guarded(lane: Lane): Sql {
  return new Proxy(lane.sql, {
    apply(sql, self, args) {
      if (lane.broken) throw new Error("the connection broke");
      return Reflect.apply(sql, self, args) as unknown;
    },
  });
}

/** A connection of its own, straight to the server: a pooler between would swallow what it hears. `lost` is called once. */
export function openListener(
  url: string,
  heard: (channel: string, payload: string) => void,
  lost: () => void,
): Listener {
  const sql = connect(url, {
    onclose: lost,
    onnotify: heard,
  });
  return {
    async listen(channel) {
      await sql`LISTEN ${sql(channel)}`;
    },
    close: () => discard(sql),
  };
}

/** The numbers as a list to be compared `IN`: arrays would need the types that are not fetched. */
export const listOf = (sql: Sql, numbers: readonly number[]) =>
  sql`(SELECT value::bigint FROM json_array_elements_text(${JSON.stringify(numbers)}::text::json))`;
