/** The activity log as a file for auditors: `latchkey audit export`. */
import { formatLine, formatStatement, type LogEnds, verifyAuditFile } from "@latchkey/core/audit/audit-json";
import { hashLine, NO_LINE } from "@latchkey/core/audit/audit-line";
import type { AuditSubject, ReadLog } from "@latchkey/core/device/read-audit";
import { VaultError } from "@latchkey/core/errors";
import { openAudit } from "@latchkey/device-host/audit-methods";
import type { Method } from "@latchkey/device-host/method";
import { writeFinishedFile } from "./finished-file.ts";

export const AUDIT_FILE_METHODS = {
  /** `path` is absolute. `names`: with the sites, accounts and devices that lines are about, for reading. */
  async "audit.export"(services, params, channel) {
    const device = await openAudit(services, channel, "write the activity log to a file");
    const { createSubjectFinder, readLogs } = await import("@latchkey/core/device/read-audit");
    const path = params.text("path");
    const withNames = params.value("names") !== false;
    const find = await createSubjectFinder(device);
    const logs = await readLogs(device);
    const ends = logs.map((log) => endsOf(log, withNames));
    const { signer } = device.context.self;
    const rows = [
      formatStatement(signer, device.deps.clock.now(), ends),
      ...logs.flatMap((log) =>
        log.lines.flatMap(({ signed }) =>
          signed === null
            ? []
            : [formatLine(log.device, signed, withNames ? namesOf(find(signed)) : undefined)],
        ),
      ),
    ];
    const text = `${rows.join("\n")}\n`;
    const { bytes, checked } = await writeFinishedFile(path, [Buffer.from(text)], async (read) => {
      const pieces: Uint8Array[] = [];
      for await (const piece of read) pieces.push(piece.slice());
      const written = Buffer.concat(pieces).toString("utf8");
      if (written !== text) throw new VaultError("LK-EXPORT-FILE", `${path} does not read back as written`);
      return verifyAuditFile(written.split("\n"));
    });
    return {
      file: path,
      bytes,
      lines: checked.lines,
      devices: checked.devices.length,
      problems: checked.problems.length,
    };
  },
} satisfies Record<string, Method>;

function endsOf({ device, name, lines }: ReadLog, withNames: boolean): LogEnds {
  const last = lines.at(-1);
  return {
    device,
    name: withNames ? name : null,
    first: lines[0]?.number ?? 1,
    last: last?.number ?? 0,
    hash: last?.signed == null ? NO_LINE : hashLine(device, last.signed.line),
  };
}

function namesOf(subject: AuditSubject | null) {
  if (subject === null) return {};
  return subject.is === "device" ? { device: subject.name } : { site: subject.site, user: subject.user };
}
