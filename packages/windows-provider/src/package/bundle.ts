/**
 * The program as it ships: a few JavaScript files beside each other, made from the sources by rolldown, and koffi's binary as `koffi.node`
 * among them.
 *
 * Nothing is looked up outside of that folder. Node searches a bare name in every `node_modules` up to the root of the drive, where any
 * user of the machine may make one: so no bare name is left, and an optional package that is not there is absent for good.
 */
import { createRequire, isBuiltin } from "node:module";
import { dirname, join } from "node:path";
import { rolldown } from "rolldown";

/** Name of the file, without its ending → the source that it begins with. */
export type BundleEntries = Readonly<Record<string, string>>;

/** What a bundle expects beside its files. */
export const KOFFI_BINARY = "koffi.node";
/** The app's page, built before: a package cannot build it. */
export const PAGE_FOLDER = "page";

/** Faster native parts of `ws` and `cbor-x`, which do without. */
const ABSENT = new Set(["bufferutil", "utf-8-validate", "cbor-extract"]);
const KOFFI_LOADER = "latchkey:koffi-loader";
const ABSENT_MODULE = "latchkey:absent";
const AUTOMERGE_START = /[\\/]wasm_bindgen_output[\\/]web[\\/]index\.js$/;
/** Modules that are others in a bundle. */
const MODULES: Readonly<Record<string, string>> = {
  [KOFFI_LOADER]: `import { createRequire } from "node:module";
    export const loadStatic = () => createRequire(import.meta.url)("./${KOFFI_BINARY}");`,
  [ABSENT_MODULE]: `throw new Error("left out");`,
  "@latchkey/web-ui/build": `import { fileURLToPath } from "node:url";
    export const buildApp = async () => fileURLToPath(new URL("${PAGE_FOLDER}/", import.meta.url));`,
  // Windows offers the passkeys itself there: the package brings no extension.
  "@latchkey/browser-extension/build": `export async function buildExtension() { throw new Error("left out"); }`,
};

/**
 * Writes `<name>.mjs` for each entry into a folder, and what several of them need, or is loaded on demand, into files beside. Gives the
 * paths of all modules in it.
 */
export async function writeBundle(entries: BundleEntries, folder: string): Promise<readonly string[]> {
  const bundle = await rolldown({
    input: { ...entries },
    platform: "node",
    resolve: { alias: { "@automerge/automerge": findPortableAutomerge() } },
    plugins: [
      {
        name: "closed",
        resolveId(source, importer) {
          // koffi asks here which of the packages with its binary is installed.
          if (source === "./src/static.js" && importer?.includes("koffi")) return KOFFI_LOADER;
          if (ABSENT.has(source)) return ABSENT_MODULE;
          return source in MODULES ? source : null;
        },
        load: (id) => MODULES[id] ?? null,
        // Automerge's own call has the form of before, of which every start would warn.
        transform: (code, id) =>
          AUTOMERGE_START.test(id)
            ? code.replace("initSync(wasmBlob)", "initSync({ module: wasmBlob })")
            : null,
      },
    ],
    // The statement that waits for libsodium's WebAssembly would be taken for one without an effect, and dropped.
    treeshake: false,
    logLevel: "silent",
  });
  try {
    const { output } = await bundle.write({
      dir: folder,
      format: "esm",
      entryFileNames: "[name].mjs",
      chunkFileNames: "chunk-[hash].mjs",
    });
    const chunks = output.filter((file) => file.type === "chunk");
    for (const chunk of chunks) {
      const outside = [...chunk.imports, ...chunk.dynamicImports].find((name) => !isInside(name));
      if (outside !== undefined) throw new Error(`${chunk.fileName} would look for ${outside}`);
    }
    return chunks.flatMap(({ moduleIds }) => moduleIds);
  } finally {
    await bundle.close();
  }
}

const isInside = (name: string): boolean => isBuiltin(name) || /^[\w-]+\.mjs$/.test(name);

/** The form of Automerge that carries its WebAssembly inside; the one for Node reads a file beside it, which a bundle has not. */
function findPortableAutomerge(): string {
  const core = createRequire(import.meta.resolve("@latchkey/core/errors"));
  const folder = dirname(core.resolve("@automerge/automerge/automerge.wasm"));
  return join(folder, "mjs", "entrypoints", "fullfat_base64.js");
}
