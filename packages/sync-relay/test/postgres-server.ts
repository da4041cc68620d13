/**
 * A real PostgreSQL for tests: Debian's, in a temporary folder, on a free port of the loopback, gone with the tests (relay.md § 8.10).
 * Where it is not installed its tests are skipped and say so; where `CI` is `true` that is an error.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, rmSync, statfsSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";

const BIN = "/usr/lib/postgresql/15/bin";
/** Memory that looks like a disk, where there is some: what is killed here are processes, and syncing costs nothing. */
const SHM = "/dev/shm";
const SHM_BYTES = 1_073_741_824;

/** For the backends of a killed server to end. */
const START_MS = 20_000;

export const hasPostgres = existsSync(join(BIN, "postgres"));
if (!hasPostgres && process.env["CI"] === "true") throw new Error("postgresql-15 is not installed");
if (!hasPostgres)
  process.stderr.write("postgresql-15 is not installed: tests of the PostgreSQL store are skipped\n");

export interface PostgresServer {
  readonly url: string;
  /** Starts it again after `kill` or `stop`. */
  start(): Promise<void>;
  /** As a crash: SIGKILL to everything of it. */
  kill(): Promise<void>;
  /** Runs SQL as its owner. */
  run(text: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Stops it and removes its folder. */
  close(): Promise<void>;
}

function hasShm(): boolean {
  if (!existsSync(SHM)) return false;
  const { bavail, bsize } = statfsSync(SHM);
  return bavail * bsize > SHM_BYTES;
}

/** initdb and the server refuse to run as root. */
const asPostgres = (program: string, args: readonly string[]): [string, string[]] =>
  process.getuid?.() === 0
    ? [
        "setpriv",
        [
          "--reuid=postgres",
          "--regid=postgres",
          "--clear-groups",
          "--pdeathsig=INT",
          join(BIN, program),
          ...args,
        ],
      ]
    : [join(BIN, program), [...args]];

async function findPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** `parent`: the folder to make its own in; by default one in memory, if there is any. */
export async function startPostgres(parent = hasShm() ? SHM : tmpdir()): Promise<PostgresServer> {
  const folder = mkdtempSync(join(parent, "latchkey-postgres-"));
  if (process.getuid?.() === 0) {
    const ids = ["-u", "-g"].map((flag) =>
      Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" })),
    );
    chownSync(folder, ids[0] as number, ids[1] as number);
  }
  const data = join(folder, "data");
  execFileSync(
    ...asPostgres("initdb", ["-D", data, "-U", "relay", "-A", "trust", "-E", "UTF8", "--no-sync"]),
    {
      stdio: "ignore",
      cwd: folder,
    },
  );
  const port = await findPort();
  const url = `postgres://relay@127.0.0.1:${port}/postgres`;
  let child: ChildProcess | null = null;

  async function isUp(): Promise<boolean> {
    const sql = postgres(url, { max: 1, connect_timeout: 2, onnotice() {} });
    try {
      await sql`SELECT 1`;
      return true;
    } catch {
      return false;
    } finally {
      await sql.end({ timeout: 0 });
    }
  }

  async function start(): Promise<void> {
    const settings = ["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", folder];
    const small = ["-c", "shared_buffers=32MB", "-c", "max_connections=60", "-c", "autovacuum=off"];
    const launch = () =>
      spawn(...asPostgres("postgres", [...settings, ...small]), { stdio: "ignore", cwd: folder });
    child = launch();
    const late = Date.now() + START_MS;
    while (!(await isUp())) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      if (child.exitCode === null) continue;
      // A server does not start beside what is left of the one that was killed: on a busy machine its backends take their time.
      if (Date.now() > late) throw new Error(`PostgreSQL ended with ${child.exitCode}`);
      child = launch();
    }
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, "exit");
    child.kill(signal);
    await exit;
  }

  await start();
  return {
    url,
    start,
    // The backends see that their parent is gone and end themselves.
    kill: () => end("SIGKILL"),
    async run(text) {
      const sql = postgres(url, { max: 1, onnotice() {} });
      try {
        return await sql.unsafe(text);
      } finally {
        await sql.end();
      }
    },
    async close() {
      await end("SIGINT");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
