/**
 * The built phone app as a plain static host serves it: files and their types over https, nothing else. It can be stopped and started again
 * on its port, and its files exchanged under it.
 */
import { readFileSync, statSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { extname, join, normalize, sep } from "node:path";
import { LOCALHOST } from "./test-certificates.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
  ".png": "image/png",
  ".webmanifest": "application/manifest+json",
};

export interface PhoneSite {
  /** With the slash at the end. */
  readonly address: string;
  /** What was asked for, in order. */
  readonly asked: string[];
  folder: string;
  stop(): Promise<void>;
  start(): Promise<void>;
}

export async function servePhone(folder: string): Promise<PhoneSite> {
  const asked: string[] = [];
  const server = createServer(LOCALHOST, (request, response) => {
    const path = new URL(request.url ?? "/", "https://localhost").pathname;
    asked.push(path);
    const file = join(site.folder, normalize(path.endsWith("/") ? `${path}index.html` : path));
    if (!file.startsWith(site.folder + sep) || statSync(file, { throwIfNoEntry: false })?.isFile() !== true)
      return void response.writeHead(404).end();
    response.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream" });
    return void response.end(readFileSync(file));
  });
  const listen = (port: number) =>
    new Promise<void>((resolve) => {
      server.listen(port, "localhost", resolve);
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const site: PhoneSite = {
    address: `https://localhost:${port}/`,
    asked,
    folder,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
    start: () => listen(port),
  };
  return site;
}
