/**
 * `npm run package:windows`: makes `dist/Latchkey_<version>_x64.msix`, signed, or with `--loose` the folder of its files, which
 * `Add-AppxPackage -Register` takes in developer mode. Options: `--channel preview`, `--output folder`, `--pfx file`, `--password-file file`,
 * `--timestamp address`. Without a PFX a development certificate signs. With `--release-address https://…`, where the package will be fetched
 * from, the files for winget are written as well.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { readHidden } from "@latchkey/desktop/terminal/hidden-input";
import manifest from "../../package.json" with { type: "json" };
import { type Channel, CHANNELS } from "../channel.ts";
import { buildPackage, layOutPackage, packageFileName, type PackagePlan } from "./build-package.ts";
import { openDevelopmentCertificate, openPfx, type Signer } from "./certificate.ts";
import { PackagingError } from "./run-tool.ts";
import { checkSigningTool } from "./sign.ts";
import { renderWingetManifests } from "./winget.ts";

/** Names the publisher of files that nobody signs. */
const UNSIGNED: Signer = { publisher: "CN=Latchkey development", parameters: [] };

const OPTIONS = {
  loose: { type: "boolean", default: false },
  channel: { type: "string", default: "stable" },
  output: { type: "string", default: "dist" },
  pfx: { type: "string" },
  "password-file": { type: "string" },
  timestamp: { type: "string" },
  "release-address": { type: "string" },
} as const;

async function run(): Promise<void> {
  const { values } = parseArgs({ options: OPTIONS });
  const output = resolve(values.output);
  const channel = findChannel(values.channel);
  mkdirSync(output, { recursive: true });
  const plan = (signer: Signer): PackagePlan => ({
    channel,
    version: manifest.version,
    signer,
    timestampUrl: values.timestamp ?? null,
  });
  if (values.loose) {
    const folder = join(output, `${channel.name.replaceAll(" ", "")}-loose`);
    rmSync(folder, { recursive: true, force: true });
    await layOutPackage(plan(UNSIGNED), folder, false);
    say(`${folder}\nin developer mode: Add-AppxPackage -Register ${join(folder, "AppxManifest.xml")}`);
    return;
  }
  checkSigningTool();
  await withSigner(values.pfx, values["password-file"], output, async (signer) => {
    const file = join(output, packageFileName(plan(signer)));
    await buildPackage(plan(signer), file);
    say(`${file}\npublisher: ${signer.publisher}`);
    const address = values["release-address"];
    if (address === undefined) return;
    const release = { channel, version: manifest.version, publisher: signer.publisher, address };
    const folder = join(output, "winget");
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(renderWingetManifests(release, readFileSync(file)))) {
      writeFileSync(join(folder, name), text);
    }
    say(`winget: ${folder}`);
  });
}

function findChannel(name: string): Channel {
  if (name === "stable" || name === "preview") return CHANNELS[name];
  throw new PackagingError(`--channel is stable or preview, not ${name}`);
}

async function withSigner(
  pfx: string | undefined,
  passwordFile: string | undefined,
  output: string,
  use: (signer: Signer) => Promise<void>,
): Promise<void> {
  if (pfx === undefined) return use(openDevelopmentCertificate(join(output, "development")));
  if (passwordFile !== undefined) return use(openPfx(pfx, passwordFile));
  if (!process.stdin.isTTY) {
    throw new PackagingError("nobody can be asked for the password: name a file with --password-file");
  }
  const never = new AbortController().signal;
  const password = await readHidden(process.stdin, process.stderr, `password of ${pfx}: `, never);
  const folder = mkdtempSync(join(tmpdir(), "latchkey-pfx-"));
  try {
    const file = join(folder, "password");
    writeFileSync(file, password, { mode: 0o600 });
    await use(openPfx(pfx, file));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

try {
  await run();
} catch (error) {
  if (!(error instanceof PackagingError) && !(error instanceof TypeError && "code" in error)) throw error;
  process.stderr.write(`package:windows: error: ${error.message}\n`);
  process.exitCode = 1;
}
