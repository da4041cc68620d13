/** What a host does for `latchkey export` in open formats and the app's screen. Never needs a network; an organization may forbid it. */
import type { MachineMethod } from "./provider-methods.ts";

export const EXPORT_METHODS = {
  /** Params: `format`, `acceptLoss`, `sites`, one a line. Tells `rows` of the passkeys that lose something or are left out. */
  async "export.review"(services, params, channel) {
    const { reviewExport } = await import("./export-run.ts");
    return reviewExport(services, params, channel);
  },

  /**
   * Params: those of `export.review`, `sentence` as the person typed it, `protected` for Bitwarden with a password, which needs no sentence. Tells the
   * files in parts (`file-parts.ts`).
   */
  async "export.write"(services, params, channel) {
    const { writeExport } = await import("./export-run.ts");
    return writeExport(services, params, channel);
  },
} satisfies Record<string, MachineMethod>;
