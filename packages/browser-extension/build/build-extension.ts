/** Builds the extension's folder, as a browser loads it and as a store packs it: the same bytes from the same sources. */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildOnce } from "@latchkey/web-ui/build-once";
import { MANIFEST } from "./manifest.ts";

const HOME = join(import.meta.dirname, "..");
const TOKENS = fileURLToPath(import.meta.resolve("@latchkey/web-ui/style/tokens.css"));
const SOURCES = [
  "src/**/*",
  "build/*.ts",
  "package.json",
  "../web-ui/src/style/tokens.css",
  "../web-ui/build/build-once.ts",
];

/** The folder of the build. */
export const buildExtension = (): Promise<string> => buildOnce(HOME, SOURCES, bundle);

async function bundle(outDir: string): Promise<void> {
  const { build } = await import("vite");
  await build({
    configFile: false,
    root: HOME,
    logLevel: "error",
    publicDir: false,
    build: {
      outDir,
      emptyOutDir: true,
      target: "chrome120",
      modulePreload: false,
      // Readable: whoever loads the folder may look at what it does.
      minify: false,
      rolldownOptions: {
        input: {
          "service-worker": join(HOME, "src/service-worker.ts"),
          popup: join(HOME, "src/popup/popup.ts"),
        },
        output: { entryFileNames: "[name].js", chunkFileNames: "[name].js" },
      },
    },
  });
  cpSync(join(HOME, "src/popup/popup.html"), join(outDir, "popup.html"));
  const style = [TOKENS, join(HOME, "src/popup/popup.css")].map((file) => readFileSync(file, "utf8"));
  writeFileSync(join(outDir, "popup.css"), style.join("\n"));
  cpSync(join(HOME, "src/_locales"), join(outDir, "_locales"), { recursive: true });
  writeFileSync(join(outDir, "manifest.json"), `${JSON.stringify(MANIFEST, null, 2)}\n`);
}
