/**
 * Builds the phone app into a folder that any static host can serve over https: bundle, icons, manifest, and a service worker that knows every
 * file by its hash. Measured each time: a first load over the budget is no build.
 */
import { buildOnce } from "@latchkey/web-ui/build-once";
import { HOME } from "./home.ts";
import { writeIcons } from "./icons.ts";
import { sealBuild } from "./seal-build.ts";
import { writeManifest } from "./manifest.ts";

/** All that the app is made of. */
const SOURCES = [
  "index.html",
  "src/**/*",
  "build/*.ts",
  "package.json",
  "../core/src/**/*.ts",
  "../device-host/src/**/*.ts",
  "../device-host/package.json",
  "../web-ui/src/**/*",
  "../../package-lock.json",
];

/** What shell and device share, and what the shell does not need: one file that comes behind it, and no hundred small ones. */
const CHUNKS = [
  {
    name: "ground",
    test: /packages\/core\/src\/(?:errors|bytes\/|pairing\/code-text|crypto\/wipe|recovery\/page-groups|exchange\/(?:export-item|report))|@scure\/base|preload-helper|rolldown\/runtime/,
    priority: 2,
  },
  {
    name: "device",
    test: /packages\/(?:device-host|core)\/src\/(?!words\/|exchange\/(?:texts-|export-sentence))/,
    priority: 1,
  },
];

/** The folder with `index.html`. */
export const buildPhone = (): Promise<string> => buildOnce(HOME, SOURCES, bundle);

async function bundle(outDir: string): Promise<void> {
  const { build } = await import("vite");
  await build({
    configFile: false,
    root: HOME,
    // Served from any folder of a host.
    base: "./",
    logLevel: "error",
    oxc: { jsx: { runtime: "automatic", importSource: "preact", development: false } },
    build: {
      outDir,
      emptyOutDir: true,
      target: "es2022",
      // The page's policy allows no address of its own making, and no script that is not a file.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      // Automerge's WebAssembly; what counts is the sum, and that is judged below.
      chunkSizeWarningLimit: 1_000,
      rolldownOptions: { output: { codeSplitting: { groups: CHUNKS } } },
    },
  });
  writeIcons(outDir);
  writeManifest(outDir);
  await sealBuild(outDir);
}
