/** Builds the desktop app's page and the practice site's, about a second. */
import { join } from "node:path";
import { buildOnce } from "./build-once.ts";

const HOME = join(import.meta.dirname, "..");
/** All that the page is made of; core's texts are in it, and what its forms check by themselves. */
const SOURCES = [
  "*.html",
  "src/**/*",
  "build/*.ts",
  "package.json",
  "../core/src/{words,bytes,pairing,exchange}/*.ts",
  "../core/src/recovery/page-groups.ts",
  "../core/src/errors.ts",
];

/** The folder with `index.html`, the app, and `practice.html`, the practice site's page. */
export const buildApp = (): Promise<string> => buildOnce(HOME, SOURCES, bundle);

async function bundle(outDir: string): Promise<void> {
  const { build } = await import("vite");
  await build({
    configFile: false,
    root: HOME,
    logLevel: "error",
    oxc: { jsx: { runtime: "automatic", importSource: "preact", development: false } },
    build: {
      outDir,
      emptyOutDir: true,
      target: "es2022",
      // The page's policy allows no address of its own making, and no script that is not a file.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: { app: join(HOME, "index.html"), practice: join(HOME, "practice.html") },
        output: {
          entryFileNames: "assets/[name].js",
          chunkFileNames: "assets/[name].js",
          assetFileNames: "assets/[name][extname]",
        },
      },
    },
  });
}
