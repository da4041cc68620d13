/**
 * Counts for the operator, in Prometheus' text form (relay.md § 14). By construction no label can hold a room, a key or an address: label
 * values are our own words.
 */
import type { ErrorCode } from "@latchkey/core/errors";
import type { BudgetKind } from "./rate.ts";

/** Every counter, and what it counts. */
const COUNTERS = {
  joins_total: "Sockets that proved what they must.",
  closes_total: "Sockets closed by the relay.",
  refused_upgrades_total: "Upgrades answered with 429 or 503.",
  rate_limited_total: "Requests told to come again.",
  received_frames_total: "Frames from clients.",
  received_bytes_total: "Bytes from clients.",
  sent_frames_total: "Frames to clients.",
  sent_bytes_total: "Bytes to clients.",
  stored_entries_total: "Entries committed.",
  failed_commits_total: "Commits that failed.",
  lagging_total: "Sockets that ran out of credit or space and have to pull.",
  created_rooms_total: "Rooms made.",
  expired_rooms_total: "Rooms whose time was over.",
} as const;
/** Counters with a label, and the label's name. */
const LABELS: Readonly<Record<string, string>> = { closes_total: "reason", rate_limited_total: "kind" };

/** Upper bounds of the buckets of `commit_seconds`. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** A close's reason, or a kind of budget (`rate.ts`). */
type Label = ErrorCode | "none" | BudgetKind;
export type CounterName = keyof typeof COUNTERS;
export type Metrics = ReturnType<typeof createMetrics>;

type Line = readonly [suffix: string, value: number];

function render(name: string, type: string, help: string, lines: readonly Line[]): string {
  const full = `latchkey_relay_${name}`;
  const values = lines.map(([suffix, value]) => `${full}${suffix} ${value}\n`);
  return `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n${values.join("")}`;
}

export function createMetrics() {
  const counts = Object.fromEntries(
    Object.keys(COUNTERS).map((name) => [name, new Map(name in LABELS ? [] : [["", 0]])]),
  ) as Record<CounterName, Map<string, number>>;
  const buckets = BUCKETS.map(() => 0);
  let commits = 0;
  let commitSeconds = 0;

  return {
    add(name: CounterName, by = 1, label: Label | "" = ""): void {
      counts[name].set(label, (counts[name].get(label) ?? 0) + by);
    },
    commitTook(seconds: number): void {
      commits++;
      commitSeconds += seconds;
      for (const [i, bound] of BUCKETS.entries()) if (seconds <= bound) buckets[i] = (buckets[i] ?? 0) + 1;
    },
    /** Everything, with what is true at this moment under its name. */
    render(gauges: Readonly<Record<string, number>>): string {
      const within = BUCKETS.map((bound, i): Line => [`_bucket{le="${bound}"}`, buckets[i] ?? 0]);
      return [
        ...Object.entries(gauges).map(([name, value]) => render(name, "gauge", "Now.", [["", value]])),
        ...(Object.keys(COUNTERS) as CounterName[]).map((name) => {
          const suffixOf = (label: string) => (label === "" ? "" : `{${LABELS[name]}="${label}"}`);
          const lines = [...counts[name]].map(([label, count]): Line => [suffixOf(label), count]);
          return render(name, "counter", COUNTERS[name], lines);
        }),
        render("commit_seconds", "histogram", "Time of a durable commit.", [
          ...within,
          [`_bucket{le="+Inf"}`, commits],
          ["_sum", commitSeconds],
          ["_count", commits],
        ]),
      ].join("");
    },
  };
}
