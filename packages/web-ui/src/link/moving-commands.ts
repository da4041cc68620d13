/** Moving in and out over a link: a file goes to the host in parts that it asks for; what is exported never comes here. */
import type { DeviceCommands, ImportChoices, MovingSecrets } from "../model/vault-model.ts";
import type {
  ExportReviewView,
  ImportBatchView,
  ImportReportView,
  ImportRowView,
} from "../model/vault-view.ts";
import type { JsonObject } from "./app-message.ts";
import { createPartReader } from "./file-parts.ts";
import type { HostLink, Talk } from "./host-link.ts";

type MovingCommands = Pick<
  DeviceCommands,
  "reviewImport" | "importPasskeys" | "listImports" | "undoImport" | "reviewExport" | "exportPasskeys"
>;

export function createMovingCommands(link: HostLink): MovingCommands {
  const runImport = (
    files: readonly File[],
    { dryRun, ...choices }: ImportChoices & { readonly dryRun: boolean },
    secrets: MovingSecrets,
    onTell: NonNullable<Talk["onTell"]>,
  ): Promise<JsonObject> => {
    const source = createSource(files);
    return link.call(
      "import.run",
      { ...choices, dryRun },
      {
        onTell,
        async onAsk(kind, purpose) {
          if (kind === "passphrase") return secrets.passphrase;
          // Without one the file says that it does not open.
          if (kind === "password") return secrets.password ?? "";
          return purpose === "agree" ? "yes" : source(purpose);
        },
      },
    );
  };

  return {
    async reviewImport(files, choices, password) {
      const rows: ImportRowView[] = [];
      const report = await runImport(
        files,
        { ...choices, dryRun: true },
        { passphrase: "", password },
        (event) => {
          if (event["event"] === "rows") rows.push(...(event["rows"] as unknown as ImportRowView[]));
        },
      );
      const others = Object.values(report["nonPasskey"] as Readonly<Record<string, number>>);
      return {
        found: report["found"] as number,
        counts: report["counts"] as unknown as ImportReportView["counts"],
        others: others.reduce((sum, count) => sum + count, 0),
        rows,
      };
    },
    async importPasskeys(files, choices, secrets, onProgress) {
      const { counts } = await runImport(files, { ...choices, dryRun: false }, secrets, (event) => {
        if (event["event"] === "progress" && event["what"] === "saved")
          onProgress(event["done"] as number, event["total"] as number);
      });
      return (counts as unknown as ImportReportView["counts"]).new;
    },
    async listImports() {
      return (await link.call("import.list", {}))["imports"] as unknown as readonly ImportBatchView[];
    },
    async undoImport(batch) {
      await link.call("import.undo", { batch });
    },
    async reviewExport(format) {
      const rows: ExportReviewView["rows"][number][] = [];
      const review = await link.call(
        "export.review",
        { format },
        {
          onTell: (event) => {
            if (event["event"] === "rows")
              rows.push(...(event["rows"] as unknown as ExportReviewView["rows"]));
          },
        },
      );
      return {
        passkeys: review["passkeys"] as number,
        leftOut: review["leftOut"] as number,
        path: review["path"] as string,
        rows,
      };
    },
    async exportPasskeys({ format, isProtected, sentence, path }, { passphrase, password }) {
      const written = await link.call(
        "export.save",
        { format, protected: isProtected, sentence, path },
        { onAsk: async (kind) => (kind === "password" ? (password ?? "") : passphrase) },
      );
      return written["passkeys"] as number;
    },
  };
}

/** Answers the host: the name of the next file, then its parts, each empty at the end. */
function createSource(files: readonly File[]): (purpose: string) => Promise<string> {
  let next = 0;
  let readPart = createPartReader(null);
  return async (purpose) => {
    if (purpose !== "file") return readPart();
    const file = files[next++] ?? null;
    readPart = createPartReader(file);
    return file?.name ?? "";
  };
}
