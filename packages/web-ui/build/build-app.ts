/**
 * Builds the app's page when its sources changed since the last time, about a second, and says where it is. A build stands in a folder
 * named after the sources that it was made from, and appears there at once and whole, so two processes may build at the same time.
 */
import { createHash } from "node:crypto";
import { existsSync, globSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

const HOME = join(import.meta.dirname, "..");
/** All that the page is made of; core's catalogue of errors is in it. */
const SOURCES = [
  "*.html",
  "src/**/*",
  "build/*.ts",
  "package.json",
  "../core/src/{words,bytes,pairing}/*.ts",
  "../core/src/errors.ts",
];
const BUILDS = join(HOME, "dist");

/** The folder with `index.html`, the app, and `practice.html`, the practice site's page. */
export async function buildApp(): Promise<string> {
  const name = stampSources();
  const folder = join(BUILDS, name);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.${process.pid}`;
  try {
    await bundle(unfinished);
    renameSync(unfinished, folder);
  } catch (error) {
    // Somebody else was quicker.
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  for (const other of readdirSync(BUILDS))
    if (other !== name && !other.includes(".")) rmSync(join(BUILDS, other), { recursive: true, force: true });
  return folder;
}

async function bundle(outDir: string): Promise<void> {
  const { build } = await import("vite");
  await build({
    configFile: false,
    root: HOME,
    logLevel: "error",
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
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

/** The same as long as no source changes. */
function stampSources(): string {
  const hash = createHash("sha256");
  for (const file of SOURCES.flatMap((pattern) => globSync(pattern, { cwd: HOME })).sort()) {
    if (!/\.(?:tsx?|css|html|json|svg)$/.test(file)) continue;
    hash
      .update(file)
      .update("\0")
      .update(readFileSync(join(HOME, file)))
      .update("\0");
  }
  return hash.digest("hex").slice(0, 16);
}
