/**
 * What an organization's rules do to a host, whether it is `latchkey up` or a command that opened the file: a change of them is noted in the
 * activity log, and the log goes to the organization's folder too, where it wants that.
 */
import type { PolicyReading } from "@latchkey/core/policy/policy";
import { encodeUtf8 } from "@latchkey/core/bytes/text";
import { equalBytes } from "@latchkey/core/bytes/equal";
import type { DeviceHost } from "@latchkey/device-host/device-host";

const SEEN = encodeUtf8("policy-seen");

export function watchPolicy(
  host: DeviceHost,
  { policy, managed }: PolicyReading,
  reportFault: (fault: unknown) => void,
): void {
  const { logSink } = policy;
  if (logSink !== null)
    host.notebook.onWritten(async (writer, lines) => {
      try {
        const { sinkAudit } = await import("./log-sink.ts");
        await sinkAudit(logSink, writer, lines);
      } catch (error) {
        reportFault(error);
      }
    });
  host.notebook.onWritten(async ({ store, rows }) => {
    const present = encodeUtf8(JSON.stringify([managed, policy]));
    const row = await store.get("meta", SEEN);
    const seen = row === null ? null : rows.open("meta", row);
    if (seen === null ? managed.length === 0 : equalBytes(seen, present)) return;
    await store.commit([rows.seal("meta", SEEN, present)]);
    host.notebook.note({ kind: "policy-changed", count: managed.length });
  });
}
