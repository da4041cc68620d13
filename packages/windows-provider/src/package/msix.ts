/**
 * The package file: the payload, the manifest, the block map with a hash for every 64 KiB, and the content types. Unsigned; `sign.ts` adds
 * the signature. The same files give the same bytes.
 */
import { createHash } from "node:crypto";
import { extname } from "node:path";
import { BLOCK_BYTES, deflateEntry, LOCAL_HEADER_BYTES, writeZip, type ZipEntry } from "./zip.ts";
import { renderXml } from "./xml.ts";

export interface PayloadFile {
  /** Inside the package, with forward slashes. */
  readonly path: string;
  readonly data: Uint8Array;
}

export const MANIFEST_NAME = "AppxManifest.xml";
export const BLOCK_MAP_NAME = "AppxBlockMap.xml";
const CONTENT_TYPES_NAME = "[Content_Types].xml";

const TYPES: Readonly<Record<string, string>> = {
  css: "text/css",
  exe: "application/x-msdownload",
  html: "text/html",
  js: "text/javascript",
  node: "application/octet-stream",
  png: "image/png",
  svg: "image/svg+xml",
};
const ANY_TYPE = "application/octet-stream";

/** `manifest` is the text of AppxManifest.xml. Throws `TypeError` for two files of one name: Windows tells no upper from lower case. */
export function packMsix(payload: readonly PayloadFile[], manifest: string): Buffer {
  const files = [...payload].sort((a, b) => (a.path < b.path ? -1 : 1));
  const seen = new Set<string>();
  for (const { path } of files) {
    if (seen.has(path.toLowerCase())) throw new TypeError(`two files are named ${path}`);
    seen.add(path.toLowerCase());
  }
  const mapped = [...files, textFile(MANIFEST_NAME, manifest)].map(({ path, data }) =>
    deflateEntry({ name: encodeName(path), data }),
  );
  const paths = [...files.map(({ path }) => path), MANIFEST_NAME];
  const blockMap = textFile(BLOCK_MAP_NAME, renderBlockMap(mapped, paths));
  const types = textFile(CONTENT_TYPES_NAME, renderContentTypes(files));
  const last = [blockMap, types].map(({ path, data }) => deflateEntry({ name: path, data }));
  return writeZip([...mapped, ...last]);
}

const textFile = (path: string, text: string): PayloadFile => ({ path, data: Buffer.from(text, "utf8") });

/** Names in the archive are parts of URIs; brackets stay as they are. */
const encodeName = (path: string): string =>
  path
    .split("/")
    .map((segment) => encodeURIComponent(segment).replaceAll("%5B", "[").replaceAll("%5D", "]"))
    .join("/");

function renderBlockMap(entries: readonly ZipEntry[], paths: readonly string[]): string {
  return renderXml([
    "BlockMap",
    {
      xmlns: "http://schemas.microsoft.com/appx/2010/blockmap",
      HashMethod: "http://www.w3.org/2001/04/xmlenc#sha256",
    },
    ...entries.map(
      ({ name, data, blocks }, index) =>
        [
          "File",
          {
            Name: (paths[index] as string).replaceAll("/", "\\"),
            Size: String(data.length),
            LfhSize: String(LOCAL_HEADER_BYTES + Buffer.byteLength(name)),
          },
          ...blocks.map(
            (block, at) =>
              [
                "Block",
                {
                  Hash: createHash("sha256")
                    .update(data.subarray(at * BLOCK_BYTES, (at + 1) * BLOCK_BYTES))
                    .digest("base64"),
                  Size: String(block.length),
                },
              ] as const,
          ),
        ] as const,
    ),
  ]);
}

function renderContentTypes(files: readonly PayloadFile[]): string {
  const extensions = new Set([
    "xml",
    ...files.map(({ path }) => extname(path).slice(1).toLowerCase()).filter(Boolean),
  ]);
  const override = (name: string, type: string) =>
    ["Override", { PartName: `/${name}`, ContentType: type }] as const;
  return renderXml([
    "Types",
    { xmlns: "http://schemas.openxmlformats.org/package/2006/content-types" },
    ...[...extensions]
      .sort()
      .map(
        (extension) =>
          ["Default", { Extension: extension, ContentType: TYPES[extension] ?? ANY_TYPE }] as const,
      ),
    override(MANIFEST_NAME, "application/vnd.ms-appx.manifest+xml"),
    override(BLOCK_MAP_NAME, "application/vnd.ms-appx.blockmap+xml"),
    // A name without an ending has no default.
    ...files
      .filter(({ path }) => extname(path) === "")
      .map(({ path }) => override(encodeName(path), ANY_TYPE)),
  ]);
}
