/**
 * What a relay says about itself: JSON lines of a time, a level, an event and numbers. By construction no field can hold a room id, a
 * key, an address or a path: text comes only as one of our own codes, or as a tag that is random each day.
 */
import type { ErrorCode } from "@latchkey/core/errors";
import type { Clock } from "@latchkey/core/relay-protocol";

/** A source without its address (`refusals.ts`). */
export type LogTag = `tag:${string}`;
export type LogFields = Readonly<Record<string, number | boolean | ErrorCode | LogTag>>;
export type Log = (level: "info" | "warn" | "error", event: LogEvent, fields?: LogFields) => void;

export type LogEvent =
  | ("started" | "draining" | "stopped" | "minute" | "expired" | "settings-read")
  | ("commit-failed" | "store-failed" | "session-failed" | "disk-low")
  | ("refused-often" | "proxy-not-trusted");

/** A log that writes one JSON line for each event. */
export function createJsonLog(write: (line: string) => void, clock: Clock): Log {
  return (level, event, fields = {}) => {
    write(`${JSON.stringify({ time: new Date(clock.now()).toISOString(), level, event, ...fields })}\n`);
  };
}
