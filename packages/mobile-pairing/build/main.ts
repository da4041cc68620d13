/** `npm run build:phone [folder]`: builds the phone app and says where it is and what a first load costs. */
import { cpSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { buildPhone } from "./build-phone.ts";
import { HOME } from "./home.ts";
import { FIRST_LOAD_BUDGET, measureFirstLoad } from "./seal-build.ts";

const [target = join(HOME, "dist", "latchkey.phone")] = process.argv.slice(2);
const folder = resolve(target);
const built = await buildPhone();
removeFormer(folder);
cpSync(built, folder, { recursive: true });
const { files, bytes } = measureFirstLoad(folder, (file) => gzipSync(file, { level: 9 }));
/** Takes away the files of an earlier build, and nothing else that lies there. */
function removeFormer(from: string): void {
  const sums = join(from, "SHA256SUMS");
  if (!existsSync(sums)) return;
  for (const [, file = ""] of readFileSync(sums, "utf8").matchAll(/^[0-9a-f]{64}  ([\w./-]+)$/gm))
    if (!file.split("/").includes("..")) rmSync(join(from, file), { force: true });
}

const size = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`;
console.log(`${folder}
${files} files, first load ${size(bytes)} with gzip; budget ${size(FIRST_LOAD_BUDGET)}
Serve this folder over https, from another origin than the relay. SHA256SUMS has the hash of every file.`);
