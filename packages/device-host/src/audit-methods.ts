/** What a host tells of the activity log: `audit list`, `audit verify`, and the app's screen. */
import { encodeBase64url } from "@latchkey/core/bytes/text";
import type { AuditProblem } from "@latchkey/core/audit/verify-log";
import type { Device } from "@latchkey/core/device/device";
import type { JsonObject } from "./json.ts";
import { type HostServices, type Method, openDevice } from "./method.ts";
import type { Channel } from "./channel.ts";

const DAY_MS = 86_400_000;
/** Lines that a screen is given at once; a file has them all. */
const MAX_LINES = 5_000;

/** The device, with everything noted so far written. */
export async function openAudit(services: HostServices, channel: Channel, purpose: string): Promise<Device> {
  const device = await openDevice(services, channel, purpose);
  await services.host.notebook.flush();
  return device;
}

export const AUDIT_METHODS = {
  /** The newest first. `days`: how far back; all when left out. `device`: a name. `kind`: one of `AUDIT_KINDS`. */
  async "audit.list"(services, params, channel) {
    const device = await openAudit(services, channel, "show what was done with the vault");
    const { createSubjectFinder, readLogs } = await import("@latchkey/core/device/read-audit");
    const [name, kind, days] = [
      params.optionalText("device"),
      params.optionalText("kind"),
      params.optionalCount("days"),
    ];
    const since = days === null ? 0 : device.deps.clock.now() - days * DAY_MS;
    const find = await createSubjectFinder(device);
    const logs = await readLogs(device);
    const lines = logs
      .filter((log) => name === null || log.name === name)
      .flatMap((log) =>
        log.lines.flatMap(({ signed }) => {
          if (signed === null || signed.line.at < since) return [];
          if (kind !== null && signed.line.kind !== kind) return [];
          const { number, at, kind: is, count, word, subject } = signed.line;
          const about = find(signed);
          return [
            {
              device: encodeBase64url(log.device),
              deviceName: log.name,
              number,
              at: new Date(at).toISOString(),
              kind: is,
              count,
              word,
              hasSubject: subject !== null,
              site: about?.is === "passkey" ? about.site : null,
              user: about?.is === "passkey" ? about.user : null,
              about: about?.is === "device" ? about.name : null,
            },
          ];
        }),
      )
      .sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : b.number - a.number));
    return { lines: lines.slice(0, MAX_LINES), total: lines.length, logs: logs.map(describeLog) };
  },

  async "audit.verify"(services, _, channel) {
    const device = await openAudit(services, channel, "check the activity log");
    const { readLogs } = await import("@latchkey/core/device/read-audit");
    return { logs: (await readLogs(device)).map(describeLog) };
  },
} satisfies Record<string, Method>;

interface DescribedLog {
  readonly device: Uint8Array;
  readonly name: string | null;
  readonly isOwn: boolean;
  readonly lines: readonly { readonly number: number }[];
  readonly problems: readonly AuditProblem[];
}

function describeLog({ device, name, isOwn, lines, problems }: DescribedLog): JsonObject {
  return {
    device: encodeBase64url(device),
    name,
    thisDevice: isOwn,
    lines: lines.length,
    first: lines[0]?.number ?? null,
    last: lines.at(-1)?.number ?? null,
    problems: problems.map(({ is, number, last }) => ({ is, number, last })),
  };
}
