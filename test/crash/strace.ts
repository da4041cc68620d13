/**
 * strace (Debian: strace) around a process that has a vault open: it kills the process at a chosen system call on the vault's files, or writes
 * down every such call with its bytes. Linux only; where it is missing, what needs it is left out, and that is an error where CI=true.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";

const PROGRAM = join(import.meta.dirname, "../../packages/desktop/bin/latchkey.js");
const QUIET = ["-f", "-qq", "-e", "signal=none"];

const works = spawnSync("strace", ["-qq", "-o", "/dev/null", "true"]).status === 0;
const mustRun = process.env["CI"] === "true";
if (!works && mustRun) throw new Error("strace is not installed, or this machine does not let it trace");
if (!works) console.warn("left out: strace is not installed, or this machine does not let it trace");
export const canTrace = works;

/** The files that make up a vault while it is open. */
const filesOf = (vault: string): string[] => ["", "-wal", "-journal"].map((suffix) => vault + suffix);
const only = (vault: string): string[] => filesOf(vault).flatMap((path) => ["-P", path]);

export interface KillPoint {
  readonly call: "pwrite64" | "fsync";
  /** At which of these calls, counted from 1. The call itself does not happen. */
  readonly at: number;
}

export const killAt = (vault: string, { call, at }: KillPoint): string[] => [
  "strace",
  ...QUIET,
  "-o",
  "/dev/null",
  "-e",
  `trace=${call}`,
  "-e",
  `inject=${call}:signal=KILL:when=${at}`,
  ...only(vault),
];

/** With every byte; also what the process writes to `beside`, so that it stands in the same order. */
export const recordTo = (file: string, vault: string, beside: string): string[] => [
  "strace",
  ...QUIET,
  "-o",
  file,
  "-y",
  "-xx",
  "-s",
  "1000000",
  "-e",
  "trace=pwrite64,write,fsync,fdatasync,ftruncate,unlink",
  "-P",
  beside,
  ...only(vault),
];

export interface Ended {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program `latchkey` on a vault, under `prefix`, with the passphrase of the tests. */
export async function runLatchkey(
  vault: string,
  args: readonly string[],
  prefix: readonly string[] = [],
): Promise<Ended> {
  const [starter, ...before] = [...prefix].concat(process.execPath);
  const home = dirname(vault);
  const options = ["--vault", vault, "--passphrase-fd", "3", "--json"];
  const child = spawn(starter as string, [...before, PROGRAM, ...args, ...options], {
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    env: { PATH: process.env["PATH"], HOME: home, XDG_DATA_HOME: home, XDG_RUNTIME_DIR: home },
  });
  (child.stdio[3] as Writable).on("error", () => {}).end("correct horse\n");
  return finish(child);
}

async function finish(child: ChildProcess): Promise<Ended> {
  const [stdout, stderr, [exit]] = await Promise.all([
    text(child.stdout as Readable),
    text(child.stderr as Readable),
    once(child, "exit") as Promise<[number | null]>,
  ]);
  return { exit, stdout, stderr };
}
