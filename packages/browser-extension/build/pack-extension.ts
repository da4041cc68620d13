/**
 * The archive for the extension stores: the built folder, without the key in its manifest, for a store signs with one of its own. The same
 * sources give the same bytes.
 */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { buildExtension } from "./build-extension.ts";
import { MANIFEST } from "./manifest.ts";
import { writeZip } from "./zip.ts";

export async function packExtension(): Promise<Buffer> {
  const folder = await buildExtension();
  const { key: _unused, ...manifest } = MANIFEST;
  const files = globSync("**/*.{js,html,css,json}", { cwd: folder })
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => name !== "manifest.json")
    .map((name) => ({ name, data: readFileSync(join(folder, name)) }));
  const data = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`, "utf8");
  return writeZip([...files, { name: "manifest.json", data }]);
}
