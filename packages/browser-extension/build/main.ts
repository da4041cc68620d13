/** `npm run package:extension [file]`: writes the archive for the extension stores, and says where it is and what its hash is. */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import packageManifest from "../package.json" with { type: "json" };
import { packExtension } from "./pack-extension.ts";

const usual = join(import.meta.dirname, "..", "dist", `latchkey.extension-${packageManifest.version}.zip`);
const [target = usual] = process.argv.slice(2);
const file = resolve(target);
const archive = await packExtension();
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, archive);
console.log(`${file}
${archive.length} bytes, SHA-256 ${createHash("sha256").update(archive).digest("hex")}`);
