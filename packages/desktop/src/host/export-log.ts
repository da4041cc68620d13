/** A device's log as a file (`core/archive`): sealed as it is, read back and verified before it gets its name. */
import type { Device } from "@latchkey/core/device/device";
import { exportLog, verifyExport } from "@latchkey/core/device/export-log";
import type { JsonObject } from "../terminal/json.ts";
import { writeFinishedFile } from "./finished-file.ts";

/** Throws what `writeFinishedFile`, `exportLog` and `verifyExport` throw. */
export async function exportLogTo(device: Device, path: string): Promise<JsonObject> {
  const { bytes, checked: logs } = await writeFinishedFile(path, exportLog(device), (read) =>
    verifyExport(device, read),
  );
  const entries = logs.reduce((sum, log) => sum + log.entries, 0);
  return { file: path, bytes, epochs: logs.length, entries, verified: true };
}
