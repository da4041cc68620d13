/** The relay on Node with one SQLite file: what `latchkey relay serve` runs, and what tests and the demo start in their process. */
import { createHash, randomBytes } from "node:crypto";
import { upgradeWebSocket } from "@hono/node-server";
import { getConnInfo } from "@hono/node-server/conninfo";
import { VaultError } from "@latchkey/core/errors";
import { createApp } from "../app.ts";
import { readOrigin } from "../config.ts";
import { DEFAULT_LIMITS, type RelayLimits } from "../limits.ts";
import { createJsonLog } from "../log.ts";
import { createRelay } from "../relay.ts";
import { openSqliteStore } from "../store/sqlite.ts";
import { listen, toConn } from "./node-server.ts";
import { verifyEd25519 } from "./web-crypto.ts";

export interface NodeRelayOptions {
  /** The SQLite file; made if missing. With it and its `-wal`, `-shm` and `.mark` one has everything that the relay ever stored. */
  readonly file: string;
  /** 127.0.0.1. */
  readonly host?: string;
  /** 0: a free one. */
  readonly port?: number;
  /** What clients dial and sign for. Default: `http://host:port` as listened on, the literal that a local relay announces. */
  readonly origins?: readonly string[];
  readonly contact?: string | null;
  readonly limits?: Partial<RelayLimits>;
  /** Takes each log line; nothing else is ever logged. Default: standard error. */
  readonly log?: (line: string) => void;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

export interface NodeRelay {
  /** The address for devices: the first of the origins. */
  readonly origin: string;
  /** Where it listens: `http://host:port`. */
  readonly address: string;
  /** Drains and stops (relay.md § 14). */
  close(): Promise<void>;
}

const TICK_MS = 1000;

/** Starts a relay. Throws `LK-RELAY-CONFIG` for a bad origin, file or address. */
export async function startRelay(options: NodeRelayOptions): Promise<NodeRelay> {
  const { file, host = "127.0.0.1", now = Date.now } = options;
  const clock = { now };
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
  const log = createJsonLog(options.log ?? ((line) => process.stderr.write(line)), clock);
  const origins = (options.origins ?? []).map(readOrigin);
  // No client can dial "every address", so none could sign for it.
  if (origins.length === 0 && (host === "0.0.0.0" || host === "::")) {
    throw new VaultError("LK-RELAY-CONFIG", `listening on ${host} needs the origins that clients dial`);
  }
  const store = openSqliteStore({ file, limits, clock, random });
  const server = await listen(host, options.port ?? 0, (request, env) => app.fetch(request, env)).catch(
    async (error: unknown) => {
      await store.close();
      throw error;
    },
  );
  const address = `http://${host.includes(":") ? `[${host}]` : host}:${server.port}`;
  if (origins.length === 0) origins.push(address);
  const relay = createRelay({
    store,
    limits,
    origins,
    clock,
    random,
    log,
    verifyEd25519,
    nextTurn: setImmediate,
    contact: options.contact ?? null,
    sha256: (data) => new Uint8Array(createHash("sha256").update(data).digest()),
  });
  const addressOf = (c: Parameters<typeof getConnInfo>[0]): string => getConnInfo(c).remote.address ?? "";
  const app = createApp({ relay, upgrade: upgradeWebSocket, toConn, addressOf });
  const ticking = setInterval(() => void relay.tick(), TICK_MS);
  log("info", "started");

  let closing: Promise<void> | null = null;
  async function stop(): Promise<void> {
    await relay.drain();
    clearInterval(ticking);
    await server.close();
    await store.close();
    log("info", "stopped");
  }
  return { origin: origins[0] as string, address, close: () => (closing ??= stop()) };
}
