/**
 * Counts for the operator, in Prometheus' text form (relay.md § 14). By construction no label can hold a room, a key or an address: label
 * values are our own words.
 */
import type { ErrorCode } from "@latchkey/core/errors";

/** Every counter, and what it counts. Its label, if it has one, is named in front. */
const COUNTERS = {
  joins_total: ["", "Sockets that proved what they must."],
  closes_total: ["reason", "Sockets closed by the relay."],
  refused_upgrades_total: ["", "Upgrades answered with 429 or 503."],
  rate_limited_total: ["kind", "Requests told to come again."],
  received_frames_total: ["", "Frames from clients."],
  received_bytes_total: ["", "Bytes from clients."],
  sent_frames_total: ["", "Frames to clients."],
  sent_bytes_total: ["", "Bytes to clients."],
  stored_entries_total: ["", "Entries committed."],
  failed_commits_total: ["", "Commits that failed."],
  lagging_total: ["", "Sockets that ran out of credit or space and have to pull."],
  created_rooms_total: ["", "Rooms made."],
  expired_rooms_total: ["", "Rooms whose time was over."],
} as const;

/** Upper bounds of the buckets of `commit_seconds`. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const PREFIX = "latchkey_relay_";

export type CounterName = keyof typeof COUNTERS;
export type LabelValue = ErrorCode | "none" | "put" | "snapshot" | "egress" | "rooms" | "pending";

export interface Metrics {
  add(name: CounterName, by?: number, label?: LabelValue): void;
  commitTook(seconds: number): void;
  /** Everything, with what is true at this moment under its name. */
  render(gauges: Readonly<Record<string, number>>): string;
}

export function createMetrics(): Metrics {
  const counts = new Map<CounterName, Map<LabelValue, number>>();
  const buckets = BUCKETS.map(() => 0);
  let commits = 0;
  let commitSeconds = 0;

  const headOf = (name: string, type: string, help: string): string =>
    `# HELP ${PREFIX}${name} ${help}\n# TYPE ${PREFIX}${name} ${type}\n`;

  function renderCounter(name: CounterName): string {
    const [label, help] = COUNTERS[name];
    const values = [...(counts.get(name) ?? (label === "" ? [["none", 0] as const] : []))];
    const lines = values.map(([value, count]) => {
      const labels = label === "" ? "" : `{${label}="${value}"}`;
      return `${PREFIX}${name}${labels} ${count}\n`;
    });
    return headOf(name, "counter", help) + lines.join("");
  }

  function renderCommits(): string {
    const name = `${PREFIX}commit_seconds`;
    const lines = BUCKETS.map((bound, i) => `${name}_bucket{le="${bound}"} ${buckets[i]}\n`);
    const end = `${name}_bucket{le="+Inf"} ${commits}\n${name}_sum ${commitSeconds}\n${name}_count ${commits}\n`;
    return headOf("commit_seconds", "histogram", "Time of a durable commit.") + lines.join("") + end;
  }

  return {
    add(name, by = 1, label = "none") {
      const values = counts.get(name) ?? new Map<LabelValue, number>();
      values.set(label, (values.get(label) ?? 0) + by);
      counts.set(name, values);
    },
    commitTook(seconds) {
      commits++;
      commitSeconds += seconds;
      for (const [i, bound] of BUCKETS.entries()) if (seconds <= bound) buckets[i] = (buckets[i] ?? 0) + 1;
    },
    render(gauges) {
      const now = Object.entries(gauges).map(
        ([name, value]) => `# TYPE ${PREFIX}${name} gauge\n${PREFIX}${name} ${value}\n`,
      );
      const names = Object.keys(COUNTERS) as CounterName[];
      return now.join("") + names.map(renderCounter).join("") + renderCommits();
    },
  };
}
