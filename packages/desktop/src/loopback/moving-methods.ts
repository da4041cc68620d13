/**
 * What the app's page may ask of moving in and out. A file to import comes from the page that the person chose it in, in parts; a file that is exported
 * never goes through the page: it is written here, to a path of this machine.
 */
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { VaultError } from "@latchkey/core/errors";
import { createFileSaver, saveTo } from "../host/save-files.ts";
import { type PageMethod, pass, refuseLocked } from "./pass-method.ts";

const NAMES: Readonly<Record<string, string>> = {
  cxf: "latchkey-passkeys.cxf.json",
  bitwarden: "latchkey-for-bitwarden.json",
  passkey: "latchkey-passkeys",
};

export const MOVING_METHODS = {
  "import.run": pass("import.run"),
  "import.list": pass("import.list"),
  "import.undo": pass("import.undo"),

  /** With a path that is free to be changed. */
  async "export.review"(deps, params, channel) {
    const review = await pass("export.review")(deps, params, channel);
    return { ...review, path: join(homedir(), NAMES[review["format"] as string] ?? "latchkey-export") };
  },

  /** Params: those of `export.write`, and `path`, absolute. */
  async "export.save"({ served }, params, channel) {
    refuseLocked(served);
    const path = params["path"];
    if (typeof path !== "string" || !isAbsolute(path))
      throw new VaultError("LK-EXPORT-FILE", "place for the file is no absolute path");
    const saver = createFileSaver(saveTo(path, params["format"] === "passkey"));
    const written = await served.call("export.write", params, {
      ...channel,
      tell(event) {
        if (event["event"] === "progress") channel.tell(event);
        else saver.onTell(event);
      },
      ask: async (question) => (question.kind === "request" ? "" : channel.ask(question)),
    });
    await saver.finish();
    return { ...written, path };
  },
} satisfies Record<string, PageMethod>;
