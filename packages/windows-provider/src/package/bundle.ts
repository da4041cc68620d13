/**
 * The program as it ships: a few JavaScript files beside each other, made from sources by rolldown. koffi stays outside, a module with a
 * binary of its own. Windows runs these files with the node.exe of the package.
 */
import { rolldown } from "rolldown";

/** Name of the file, without its ending → the source that it begins with. */
export type BundleEntries = Readonly<Record<string, string>>;

/** Writes `<name>.mjs` for each entry into a folder, and what several of them need into files beside. */
export async function writeBundle(entries: BundleEntries, folder: string): Promise<void> {
  const bundle = await rolldown({
    input: { ...entries },
    platform: "node",
    external: [/^koffi$/],
    logLevel: "silent",
  });
  try {
    await bundle.write({
      dir: folder,
      format: "esm",
      entryFileNames: "[name].mjs",
      chunkFileNames: "chunk-[hash].mjs",
    });
  } finally {
    await bundle.close();
  }
}
