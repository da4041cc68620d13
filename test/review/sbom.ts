/**
 * `npm run sbom`: the bill of materials (CycloneDX 1.5) of everything that the lockfile names, made by npm itself without a network, and the same
 * for the same lockfile: what npm draws anew each time (a serial number, the moment, the name of the folder) is taken from the content.
 *
 *   npm run -s sbom > latchkey.cdx.json
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");
/** Hundreds of packages with their hashes are some hundred kilobytes. */
const MAX_OUTPUT = 32 * 1024 * 1024;

interface Bom {
  serialNumber?: string;
  readonly metadata: { timestamp?: string; readonly component: { name: string } };
  readonly components: readonly { readonly name: string; readonly version: string }[];
}

export function makeBom(): Bom {
  const args = ["sbom", "--package-lock-only", "--sbom-format", "cyclonedx"];
  // On Windows npm is a script of the command interpreter.
  const shell = process.platform === "win32";
  const run = spawnSync("npm", args, { cwd: ROOT, encoding: "utf8", maxBuffer: MAX_OUTPUT, shell });
  if (run.status !== 0) throw new Error(`npm sbom ended with ${run.status}: ${run.stderr}`);
  const bom = JSON.parse(run.stdout) as Bom;
  const { name } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { name: string };
  bom.metadata.component.name = name;
  delete bom.metadata.timestamp;
  delete bom.serialNumber;
  const digest = createHash("sha256").update(JSON.stringify(bom)).digest("hex");
  // A UUID of version 8 (RFC 9562 § 5.8): its bits are those of the hash.
  const [a, b, c, d, e] = [
    [0, 8],
    [8, 12],
    [13, 16],
    [17, 20],
    [20, 32],
  ].map(([from, to]) => digest.slice(from, to));
  return { ...bom, serialNumber: `urn:uuid:${a}-${b}-8${c}-8${d}-${e}` };
}

if (import.meta.main) process.stdout.write(`${JSON.stringify(makeBom(), null, 2)}\n`);
