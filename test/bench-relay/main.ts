/**
 * `npm run bench:relay`: the relay against servers that people know, in one run on the same cores (relay.md § 16). All servers are up at
 * once and take turns; the load is in this process. Progress goes to stderr, the table, or with `--json` JSON, to stdout. Words after it
 * choose groups: servers, idle, postgres, soak. `--quick` is for a look, not for figures; `--minutes` is how long the soak takes: ten, and an
 * hour under SLOW=1. All else together takes about three minutes; whatever hangs ends the run as void.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { describeMachine, formatMachine } from "../bench/machine.ts";
import { measureIdle } from "./idle-rows.ts";
import { measurePostgres } from "./postgres-rows.ts";
import { measureServers } from "./server-rows.ts";
import { measureSoak } from "./soak-rows.ts";
import { type RelayBench, renderTable, type Row } from "./table.ts";

const GROUPS: Readonly<Record<string, (bench: RelayBench) => Promise<Row[]>>> = {
  servers: measureServers,
  idle: measureIdle,
  postgres: measurePostgres,
  soak: measureSoak,
};
const SOAK_MINUTES = process.env["SLOW"] ? 60 : 10;
/** For all but the soak. A run that takes longer measures something else. */
const MAX_MS = 12 * 60_000;

const { values, positionals } = parseArgs({
  options: { json: { type: "boolean" }, quick: { type: "boolean" }, minutes: { type: "string" } },
  allowPositionals: true,
});
const chosen = positionals.length === 0 ? Object.keys(GROUPS) : positionals;
const unknown = chosen.find((name) => GROUPS[name] === undefined);
if (unknown !== undefined) {
  console.error(`bench: no group "${unknown}"; there are ${Object.keys(GROUPS).join(", ")}`);
  process.exit(2);
}

const start = performance.now();
const quick = values.quick === true;
const bench: RelayBench = {
  folder: mkdtempSync(join(tmpdir(), "latchkey-bench-relay-")),
  quick,
  soakMinutes: Number(values.minutes ?? (quick ? 0.25 : SOAK_MINUTES)),
  progress(text) {
    const seconds = ((performance.now() - start) / 1000).toFixed(0).padStart(4);
    process.stderr.write(`${seconds} s  ${text}\n`);
  },
};
setTimeout(
  () => {
    console.error("bench: the run is void: it did not end in its time");
    process.exit(1);
  },
  MAX_MS + bench.soakMinutes * 60_000,
).unref();
process.on("exit", () => rmSync(bench.folder, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(130));

const machine = describeMachine(bench.folder);
const rows: Row[] = [];
for (const name of chosen) rows.push(...((await GROUPS[name]?.(bench)) ?? []));
const loadAtEnd = loadavg()[0] ?? 0;
const output =
  values.json === true
    ? JSON.stringify({ machine, loadAtEnd, rows }, null, 2)
    : `${formatMachine(machine)}, ${loadAtEnd.toFixed(1)} at the end\n\n${renderTable(rows)}`;
process.stdout.write(`${output}\n`);
process.exit(0);
