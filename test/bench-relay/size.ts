/**
 * `npm run relay:size`: how small the relay is. Lines of its own source, without hosts and stores, that are neither blank nor comment; what
 * it depends on; the memory of a fresh process that serves. Ends with 1 when the lines are over their bound.
 */
import { execFileSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { NODE } from "../relay-hosts/host-process.ts";

const RELAY = fileURLToPath(new URL("../../packages/sync-relay/", import.meta.url));
const MAX_LINES = 1500;
const MAX_HOST_LINES = 40;
const HOST_ENTRIES = ["node", "bun", "deno", "cloudflare"];

/** Lines with something on them that is not a comment. No source here has a comment behind code on more than one line. */
function countLines(files: readonly string[]): number {
  const text = files.map((file) => readFileSync(join(RELAY, "src", file), "utf8")).join("\n");
  const lines = text.replaceAll(/^\s*\/\*[\s\S]*?\*\//gm, "").split("\n");
  return lines.filter((line) => line.trim() !== "" && !line.trim().startsWith("//")).length;
}

const own = globSync("*.ts", { cwd: join(RELAY, "src") });
const lines = countLines(own);
const manifest = JSON.parse(readFileSync(join(RELAY, "package.json"), "utf8")) as {
  dependencies: Record<string, string>;
};
const direct = Object.keys(manifest.dependencies).filter((name) => !name.startsWith("@latchkey/"));

const folder = mkdtempSync(join(tmpdir(), "latchkey-relay-size-"));
const relay = await NODE.start(join(folder, "relay.db"));
const rss = Number(execFileSync("ps", ["-o", "rss=", "-p", String(relay.child.pid)], { encoding: "utf8" }));
await relay.stop("SIGTERM");
rmSync(folder, { recursive: true, force: true });

const count = (pattern: string): number => countLines(globSync(pattern, { cwd: join(RELAY, "src") }));
const hosts = HOST_ENTRIES.flatMap((name) => globSync(`hosts/${name}.ts`, { cwd: join(RELAY, "src") })).map(
  (file) => ({
    file,
    lines: readFileSync(join(RELAY, "src", file), "utf8")
      .trimEnd()
      .split("\n").length,
  }),
);
process.stdout.write(
  [
    `relay: ${lines} lines in ${own.length} files (at most ${MAX_LINES})`,
    `hosts: ${count("hosts/*.ts")} lines; ${hosts.map((host) => `${host.file} ${host.lines}`).join(", ")} in all (at most ${MAX_HOST_LINES} each)`,
    `stores: ${count("store/*.ts")} lines`,
    `dependencies: ${direct.length} (${direct.join(", ")}), and core's relay protocol`,
    `memory of a fresh process: ${(rss / 1024).toFixed(0)} MiB`,
    "",
  ].join("\n"),
);
if (lines > MAX_LINES || hosts.some((host) => host.lines > MAX_HOST_LINES)) process.exitCode = 1;
