/** The built page, read into memory once: a page is served whole, and no path of a request ever reaches the disk. */
import { globSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";

export interface PageFile {
  readonly type: string;
  readonly body: Buffer;
}

/** By path: `/assets/app.js`. */
export type PageFiles = ReadonlyMap<string, PageFile>;

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** The page itself. */
export const PAGE = "/";

/** `page`: which of the built pages it is; the other ones are left out. */
export function readPageFiles(folder: string, page = "index.html"): PageFiles {
  const files = new Map<string, PageFile>();
  for (const path of globSync("**/*.*", { cwd: folder })) {
    const type = TYPES[extname(path)];
    if (type === undefined || (extname(path) === ".html" && path !== page)) continue;
    const name = path === page ? PAGE : `/${path.replaceAll("\\", "/")}`;
    files.set(name, { type, body: readFileSync(join(folder, path)) });
  }
  return files;
}
