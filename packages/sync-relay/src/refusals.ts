/**
 * Who is turned away, counted for a minute, so that an operator can tell one insistent source from many (relay.md § 14). In the log stands
 * a tag: a hash of the IP group under a random key that is thrown away each day. Two lines of one day can be told to be about the same
 * source; which one it is, nobody can tell later.
 */
import type { ErrorCode } from "@latchkey/core/errors";
import { encodeHex, type Random, type Sha256 } from "@latchkey/core/relay-protocol";
import type { IpGroup } from "./address.ts";
import type { Log, LogTag } from "./log.ts";

/** Turned away for it, somebody may be trying something. */
const STRANGERS_FAULT: ReadonlySet<ErrorCode | ""> = new Set([
  "LK-RELAY-ADMISSION",
  "LK-RELAY-AUTH",
  "LK-RELAY-FRAME",
  "LK-RELAY-HANDSHAKE-TIMEOUT",
  "LK-RELAY-PROTOCOL",
  "LK-RELAY-RATE",
]);

const KEY_BYTES = 32;
const TAG_BYTES = 4;
/** Fewer in a minute are nothing to write about. */
const WORTH_A_LINE = 20;
const MAX_LINES = 3;
/** A flood from everywhere must not fill the memory. */
const MAX_GROUPS = 10_000;

export function createRefusals(log: Log, random: Random, sha256: Sha256) {
  let key = random(KEY_BYTES);
  let keyDay = -1;
  let counts = new Map<string, number>();

  const tagOf = (group: string): LogTag =>
    `tag:${encodeHex(sha256(new Uint8Array([...key, ...new TextEncoder().encode(group)])).subarray(0, TAG_BYTES))}`;

  return {
    count([source]: IpGroup, reason: ErrorCode | ""): void {
      if (source === undefined || !STRANGERS_FAULT.has(reason)) return;
      const before = counts.get(source.key) ?? 0;
      if (before > 0 || counts.size < MAX_GROUPS) counts.set(source.key, before + 1);
    },
    /** Writes the worst and begins anew. */
    report(today: number): void {
      if (today !== keyDay) key = random(KEY_BYTES);
      keyDay = today;
      const worst = [...counts]
        .filter(([, refused]) => refused >= WORTH_A_LINE)
        .sort(([, a], [, b]) => b - a);
      for (const [group, refused] of worst.slice(0, MAX_LINES)) {
        log("warn", "refused-often", { source: tagOf(group), refused });
      }
      counts = new Map();
    },
  };
}
