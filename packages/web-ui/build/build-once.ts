/**
 * Builds a page when its sources changed since the last time, and says where it is. A build stands in a folder named after the sources that
 * it was made from, and appears there at once and whole, so two processes may build at the same time.
 */
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

/** `home`: the package's folder. `sources`: all that the page is made of, as patterns from there. Returns the folder of the build. */
export async function buildOnce(
  home: string,
  sources: readonly string[],
  bundle: (outDir: string) => Promise<void>,
): Promise<string> {
  const builds = join(home, "dist");
  const name = stampSources(home, sources);
  const folder = join(builds, name);
  if (existsSync(folder)) return folder;
  mkdirSync(builds, { recursive: true });
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
  for (const other of readdirSync(builds))
    if (other !== name && !other.includes(".")) rmSync(join(builds, other), { recursive: true, force: true });
  return folder;
}

/** The same as long as no source changes. */
function stampSources(home: string, sources: readonly string[]): string {
  const hash = createHash("sha256");
  for (const file of sources.flatMap((pattern) => globSync(pattern, { cwd: home })).sort()) {
    if (!/\.(?:tsx?|css|html|json|svg)$/.test(file)) continue;
    hash
      .update(file)
      .update("\0")
      .update(readFileSync(join(home, file)))
      .update("\0");
  }
  return hash.digest("hex").slice(0, 16);
}
