/**
 * What Node, Bun and Deno have in common: one process that listens, with one store (relay.md § 4 and § 6). All three bring Node's own
 * modules, `node:sqlite` too; a host adds its sockets (`Host`). Cloudflare has neither and stands alone in `cloudflare.ts`.
 */
import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import process from "node:process";
import { setImmediate } from "node:timers";
import { setTimeout as wait } from "node:timers/promises";
import { VaultError } from "@latchkey/core/errors";
import type { Context, Hono } from "hono";
import { type AppDeps, createApp } from "../app.ts";
import type { Proxies } from "../address.ts";
import { type AdmissionSetting, type Listener, readOrigin } from "../config.ts";
import { DEFAULT_LIMITS, type RelayLimits } from "../limits.ts";
import { createJsonLog } from "../log.ts";
import { createRelay, TICK_MS } from "../relay.ts";
import type { MailboxStore } from "../store/mailbox-store.ts";
import { createMemoryMailboxes } from "../store/memory-mailboxes.ts";
import type { PostgresStoreOptions } from "../store/postgres.ts";
import type { Store } from "../store/store.ts";
import { createNodeAdmission } from "./node-admission.ts";
import { serveMetrics } from "./node-metrics.ts";
import type { NodeServer, TlsFiles } from "./node-server.ts";
import { verifyEd25519 } from "./web-crypto.ts";

export interface RelayOptions {
  /** The SQLite file; made if missing. With it and its `-wal`, `-shm` and `.mark` one has everything that the relay ever stored. */
  readonly file?: string;
  /** Instead: a file that holds the URL of a PostgreSQL database, which many relays may share. */
  readonly databaseFile?: string | null;
  /** 127.0.0.1. */
  readonly host?: string;
  /** 0: a free one. */
  readonly port?: number;
  /** What clients dial and sign for. Default: `http://host:port` as listened on, the literal that a local relay announces. */
  readonly origins?: readonly string[];
  readonly contact?: string | null;
  readonly limits?: Partial<RelayLimits>;
  /** Who may create rooms. Named by every caller: that a relay is open to anybody should never be an oversight. */
  readonly admission: AdmissionSetting;
  readonly proxies?: Proxies;
  /** Where Prometheus asks. Default: nowhere. */
  readonly metrics?: Listener | null;
  /** Certificate and key. Default: plain HTTP, behind a proxy or on the loopback. */
  readonly tls?: TlsFiles | null;
  /** Takes each log line; nothing else is ever logged. Default: standard error. */
  readonly log?: (line: string) => void;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

export interface RunningRelay {
  /** The address for devices: the first of the origins. */
  readonly origin: string;
  /** Where it listens: `http://host:port`. */
  readonly address: string;
  /** `http://host:port/metrics`, if asked for. */
  readonly metricsAddress: string | null;
  readonly store: Store;
  /** Reads again what comes from files: certificate, list of tokens. Throws `LK-RELAY-CONFIG`, and then the old ones stay. */
  reload(): void;
  /** Drains and stops (relay.md § 14). */
  close(): Promise<void>;
}

export type Fetch = (request: Request, env: object) => Response | Promise<Response>;

/** What differs between the hosts. */
export interface Host extends Pick<AppDeps, "upgrade" | "toConn"> {
  /** Throws `LK-RELAY-CONFIG` when the address cannot be had. */
  listen(
    at: { readonly host: string; readonly port: number; readonly tls: TlsFiles | null },
    fetch: Fetch,
  ): Promise<NodeServer>;
  readonly addressOf: (context: Context) => string | undefined;
}

/** Starts a relay. Throws `LK-RELAY-CONFIG` for a bad origin, file, database, address, certificate or list. */
export async function serveRelay(host: Host, options: RelayOptions): Promise<RunningRelay> {
  const { host: name = "127.0.0.1", now = Date.now } = options;
  const clock = { now };
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
  const log = createJsonLog(options.log ?? ((line) => process.stderr.write(line)), clock);
  const origins = (options.origins ?? []).map(readOrigin);
  // No client can dial "every address", so none could sign for it.
  if (origins.length === 0 && (name === "0.0.0.0" || name === "::")) {
    throw new VaultError("LK-RELAY-CONFIG", `listening on ${name} needs the origins that clients dial`);
  }
  const admission = createNodeAdmission(options.admission);
  await using undo = new AsyncDisposableStack();
  const { store, mailboxes } = await openStores(options, { limits, clock, random });
  undo.defer(() => store.close());
  const at = { host: name, port: options.port ?? 0, tls: options.tls ?? null };
  const server = await host.listen(at, (request, env) => app.fetch(request, env));
  undo.defer(() => server.close());
  const address = `${server.scheme}://${name.includes(":") ? `[${name}]` : name}:${server.port}`;
  if (origins.length === 0) origins.push(address);
  const relay = createRelay({
    store,
    mailboxes,
    limits,
    origins,
    clock,
    random,
    log,
    verifyEd25519,
    nextTurn: setImmediate,
    contact: options.contact ?? null,
    admission: admission.rule,
    sha256: (data) => new Uint8Array(createHash("sha256").update(data).digest()),
  });
  let warned = false;
  const app: Hono = createApp({
    relay,
    upgrade: host.upgrade,
    toConn: host.toConn,
    addressOf: (context) => host.addressOf(context) ?? "",
    ...(options.proxies && { proxies: options.proxies }),
    onUntrustedProxy() {
      if (!warned) log("warn", "proxy-not-trusted");
      warned = true;
    },
  });
  const metrics = options.metrics ? await serveMetrics(options.metrics, () => relay.metrics()) : null;
  const ticking = setInterval(() => void relay.tick(), TICK_MS);
  log("info", "started");
  undo.move();

  let closing: Promise<void> | null = null;
  async function stop(): Promise<void> {
    await relay.drain();
    clearInterval(ticking);
    await server.close();
    await metrics?.close();
    await store.close();
    log("info", "stopped");
  }
  return {
    origin: origins[0] as string,
    address,
    metricsAddress: metrics?.address ?? null,
    store,
    reload() {
      server.reload();
      admission.reload();
      log("info", "settings-read");
    },
    close: () => (closing ??= stop()),
  };
}

type StoreDeps = Omit<PostgresStoreOptions, "url">;

interface Stores {
  readonly store: Store;
  readonly mailboxes: MailboxStore;
}

/** Each store's driver is loaded where it is configured, and nowhere else. */
async function openStores({ file, databaseFile = null }: RelayOptions, deps: StoreDeps): Promise<Stores> {
  if (databaseFile !== null) {
    const { openPostgresStore } = await import("../store/postgres.ts");
    const store = await openPostgresStore({ ...deps, url: readUrl(databaseFile) });
    return { store, mailboxes: store.mailboxes };
  }
  if (file === undefined) throw new VaultError("LK-RELAY-CONFIG", "a relay needs a file or a database");
  const { openSqliteStore } = await import("../store/sqlite.ts");
  const mailboxes = createMemoryMailboxes(deps.limits, deps.clock, deps.random);
  return { store: openSqliteStore({ ...deps, file }), mailboxes };
}

function readUrl(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (cause) {
    throw new VaultError("LK-RELAY-CONFIG", "file with the database's URL cannot be read", { cause });
  }
}

/** Resolves when nothing is left in the set, or after a second. */
export async function untilEmpty(open: ReadonlySet<unknown>): Promise<void> {
  for (let tries = 0; open.size > 0 && tries < 20; tries++) await wait(50);
}
