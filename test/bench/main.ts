/**
 * `npm run bench`: measures what docs/benchmarks.md tells, in one run on this machine. Progress goes to stderr; the table, or with
 * `--json` the same as JSON, to stdout at the end. Words after it choose groups of rows. Loopback and a temporary folder are all it uses.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { type SizedVault, makeBenchVault } from "./bench-vault.ts";
import { describeMachine } from "./machine.ts";
import type { Bench, Figure } from "./measure.ts";
import { renderReport, toJson } from "./report.ts";
import { measureAuthenticator } from "./authenticator-rows.ts";
import { measureBrowser } from "./browser-rows.ts";
import { measureCatchUp } from "./catch-up-rows.ts";
import { measureEpochs } from "./epoch-rows.ts";
import { measureFirstSync } from "./first-sync-rows.ts";
import { measureLargeVaults } from "./large-vault-rows.ts";
import { measureLive } from "./live-rows.ts";
import { measureMoving } from "./moving-rows.ts";
import { measureSignIns } from "./sign-in-rows.ts";
import { measureWindows } from "./windows-rows.ts";

const GROUPS: Readonly<Record<string, (bench: Bench, vault: SizedVault) => Promise<Figure[]>>> = {
  "sign-in": measureSignIns,
  authenticator: measureAuthenticator,
  "large-vault": measureLargeVaults,
  live: measureLive,
  "first-sync": measureFirstSync,
  "catch-up": measureCatchUp,
  epochs: measureEpochs,
  moving: measureMoving,
  windows: measureWindows,
  browser: measureBrowser,
};

const { values, positionals } = parseArgs({ options: { json: { type: "boolean" } }, allowPositionals: true });
const chosen = positionals.length === 0 ? Object.keys(GROUPS) : positionals;
const unknown = chosen.find((name) => GROUPS[name] === undefined);
if (unknown !== undefined) {
  console.error(`bench: no group "${unknown}"; there are ${Object.keys(GROUPS).join(", ")}`);
  process.exit(2);
}

const start = performance.now();
const bench: Bench = {
  folder: mkdtempSync(join(tmpdir(), "latchkey-bench-")),
  progress(text) {
    const seconds = ((performance.now() - start) / 1000).toFixed(0).padStart(4);
    process.stderr.write(`${seconds} s  ${text}\n`);
  },
};
process.on("exit", () => rmSync(bench.folder, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(130));

const machine = describeMachine(bench.folder);
const vault = await makeBenchVault(bench);
const figures: Figure[] = [];
for (const name of chosen) figures.push(...((await GROUPS[name]?.(bench, vault)) ?? []));
const report = { machine, figures, loadAtEnd: loadavg()[0] ?? 0 };
process.stdout.write(`${values.json === true ? toJson(report) : renderReport(report)}\n`);
