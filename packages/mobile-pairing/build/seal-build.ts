/**
 * What turns a bundle into something that can be published: the service worker with the hash of every file, hashes on what the page loads,
 * the list of hashes for whoever compares, headers for hosts that read them from a file, and the measure of the first load.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { gzipSync } from "node:zlib";
import { HOME } from "./home.ts";

/** Of everything that a first visit fetches, compressed with gzip, in bytes. */
export const FIRST_LOAD_BUDGET = 1_600_000;

const WORKER = "service-worker.js";
/** Not fetched by the app: for people, and for hosts. */
const BESIDE = new Set([WORKER, "SHA256SUMS", "_headers"]);
/** Pictures are compressed as they are. */
const COMPRESSED = /\.png$/;

/** Throws when the first load is over the budget. */
export async function sealBuild(folder: string): Promise<void> {
  addIntegrity(folder);
  const files = listFiles(folder).map((file) => ({ file, bytes: readFileSync(join(folder, file)) }));
  const list = files.map(({ file, bytes }) => [
    file === "index.html" ? "./" : `./${file}`,
    integrityOf(bytes),
  ]);
  const version = createHash("sha256").update(JSON.stringify(list)).digest("hex").slice(0, 16);
  await writeWorker(folder, version, list);
  writeFileSync(join(folder, "_headers"), HEADERS);
  const sums = listFiles(folder, [WORKER]).map(
    (file) =>
      `${createHash("sha256")
        .update(readFileSync(join(folder, file)))
        .digest("hex")}  ${file}\n`,
  );
  writeFileSync(join(folder, "SHA256SUMS"), sums.join(""));
  const { bytes } = measureFirstLoad(folder, (file) => gzipSync(file, { level: 9 }));
  if (bytes > FIRST_LOAD_BUDGET)
    throw new Error(`first load is ${bytes} bytes compressed, budget ${FIRST_LOAD_BUDGET}`);
}

/** Everything that a first visit fetches, by a host that compresses so. */
export function measureFirstLoad(
  folder: string,
  compress: (file: Buffer) => Buffer,
): { readonly files: number; readonly bytes: number } {
  const sizes = listFiles(folder, [WORKER]).map((file) => {
    const content = readFileSync(join(folder, file));
    return (COMPRESSED.test(file) ? content : compress(content)).length;
  });
  return { files: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

/** Scripts and styles that the page names carry their hash (Subresource Integrity); what they load in turn, the service worker checks. */
function addIntegrity(folder: string): void {
  const path = join(folder, "index.html");
  const page = readFileSync(path, "utf8").replace(
    /<(?:script|link)\b[^>]*?(?:src|href)="\.\/([^"]+\.(?:js|css))"[^>]*>/g,
    (tag, file: string) =>
      tag.replace(/>$/, ` integrity="${integrityOf(readFileSync(join(folder, file)))}">`),
  );
  writeFileSync(path, page);
}

async function writeWorker(
  folder: string,
  version: string,
  files: readonly (readonly (string | undefined)[])[],
): Promise<void> {
  const { build } = await import("vite");
  await build({
    configFile: false,
    root: HOME,
    logLevel: "error",
    define: { __VERSION__: JSON.stringify(version), __FILES__: JSON.stringify(files) },
    build: {
      outDir: folder,
      emptyOutDir: false,
      target: "es2022",
      rolldownOptions: {
        input: join(HOME, "src/service-worker.ts"),
        output: { format: "iife", entryFileNames: WORKER },
      },
    },
  });
}

const integrityOf = (bytes: Uint8Array): string =>
  `sha256-${createHash("sha256").update(bytes).digest("base64")}`;

/** Paths from the folder, with `/`, in order. */
function listFiles(folder: string, besides: readonly string[] = []): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter((file) => !BESIDE.has(file) || besides.includes(file))
    .sort();
}

/** The page carries its policy itself; these are what a page cannot say. The form is that of several static hosts. */
const HEADERS = `/*
  X-Content-Type-Options: nosniff
  X-Frame-Options: DENY
  Content-Security-Policy: frame-ancestors 'none'
  Cross-Origin-Opener-Policy: same-origin
  Cross-Origin-Resource-Policy: same-origin
  Referrer-Policy: no-referrer
  Permissions-Policy: camera=(self), microphone=(), geolocation=()
  Cache-Control: no-cache
`;
