/** What a host does for `latchkey import` and the app's screen. */
import type { ImportBatch } from "@latchkey/core/device/import-batches";
import type { JsonObject } from "@latchkey/device-host/json";
import { type Method, openDevice } from "@latchkey/device-host/method";

export const IMPORT_METHODS = {
  /**
   * Params: `dryRun`; `sites`, one a line; `withTrash`; `unbacked`; `format`, where it must be that one. Asks for the files in parts
   * (`file-parts.ts`), tells `rows` and the `report`, asks for consent (request "agree"), tells `progress`. The person is verified once the report is
   * there, or before where the vault is locked.
   */
  async "import.run"(services, params, channel) {
    const { runImport } = await import("./import-run.ts");
    return runImport(services, params, channel);
  },

  async "import.list"(services, _, channel) {
    const device = await openDevice(services, channel, "list imports");
    const { listImports } = await import("@latchkey/core/device/import-batches");
    return { imports: listImports(device).map(describeBatch) };
  },

  /** Params: `batch`, or none for the newest. */
  async "import.undo"(services, params, channel) {
    const device = await openDevice(services, channel, "undo an import");
    const { undoImport } = await import("@latchkey/core/device/import-batches");
    return { undone: describeBatch(await undoImport(device, params.optionalText("batch"))) };
  },
} satisfies Record<string, Method>;

function describeBatch({ id, at, format, planned, present, canUndo }: ImportBatch): JsonObject {
  return { id, at: new Date(at).toISOString(), format, planned, present: present.length, canUndo };
}
