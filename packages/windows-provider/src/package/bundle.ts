/**
 * The program as it ships: a few JavaScript files beside each other, made from the sources by rolldown. koffi stays outside, a module with a
 * binary of its own. Windows runs these files with the node.exe of the package.
 */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { rolldown } from "rolldown";

/** Name of the file, without its ending → the source that it begins with. */
export type BundleEntries = Readonly<Record<string, string>>;

/** Writes `<name>.mjs` for each entry into a folder, and what several of them need, or is loaded on demand, into files beside. */
export async function writeBundle(entries: BundleEntries, folder: string): Promise<void> {
  const bundle = await rolldown({
    input: { ...entries },
    platform: "node",
    external: [/^koffi$/],
    resolve: { alias: { "@automerge/automerge": findPortableAutomerge() } },
    // The statement that waits for libsodium's WebAssembly would be taken for one without an effect, and dropped.
    treeshake: false,
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

/** The form of Automerge that carries its WebAssembly inside; the one for Node reads a file beside it, which a bundle has not. */
function findPortableAutomerge(): string {
  const core = createRequire(import.meta.resolve("@latchkey/core/errors"));
  const folder = dirname(core.resolve("@automerge/automerge/automerge.wasm"));
  return join(folder, "mjs", "entrypoints", "fullfat_base64.js");
}
