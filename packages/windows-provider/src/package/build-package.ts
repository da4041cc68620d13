/**
 * From sources to a package: the program, its JavaScript, koffi's binary, the app's page, the pictures, the licences and the manifest. As
 * a folder, to be registered in developer mode, or as one signed file.
 */
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buildApp } from "@latchkey/web-ui/build";
import type { Channel } from "../channel.ts";
import { type BundleEntries, KOFFI_BINARY, PAGE_FOLDER, writeBundle } from "./bundle.ts";
import type { Signer } from "./certificate.ts";
import { drawIcon } from "./icon.ts";
import { collectLicences } from "./licences.ts";
import { LOGOS, PROGRAM, renderManifest } from "./manifest.ts";
import { MANIFEST_NAME, packMsix } from "./msix.ts";
import { PRODUCT_FILE, renderProduct } from "./product.ts";
import { BOOT, makeProgramFile } from "./program-file.ts";
import { signFile } from "./sign.ts";
import { installWindowsFiles, type WindowsFiles } from "./windows-files.ts";

/** The JavaScript of the package: what boots, and the thread that a call of Windows may block. */
export const ENTRIES: BundleEntries = {
  program: join(import.meta.dirname, "..", "program", "main.ts"),
  worker: join(import.meta.dirname, "..", "com", "ceremony-worker.ts"),
};
/** Where it lies in the package; `latchkey.exe` is above. */
const APP = "app";

export interface PackagePlan {
  readonly channel: Channel;
  /** `1.2.3`, or with a suffix, which Windows does not know. */
  readonly version: string;
  readonly signer: Signer;
  readonly timestampUrl: string | null;
  /** Instead of installing them; for tests, which have them. */
  readonly windowsFiles?: WindowsFiles;
  /** Instead of the product's; for tests, which have to stand in for Windows Hello. */
  readonly entries?: BundleEntries;
}

/** `1.2.3.0` for `1.2.3` and for `1.2.3-beta`. Throws `TypeError` for what is no version. */
export function toWindowsVersion(version: string): string {
  const [, numbers] = /^(\d{1,5}\.\d{1,5}\.\d{1,5})(?:-[\w.]+)?$/.exec(version) ?? [];
  if (numbers === undefined || numbers.split(".").some((number) => Number(number) > 65_535)) {
    throw new TypeError(`${version} is not a version`);
  }
  return `${numbers}.0`;
}

/** `Latchkey_1.2.3.0_x64.msix`. */
export const packageFileName = ({ channel, version }: Pick<PackagePlan, "channel" | "version">): string =>
  `${channel.name.replaceAll(" ", "")}_${toWindowsVersion(version)}_x64.msix`;

/** Writes the package's files into an empty folder, signed where `signs`. Throws `PackagingError`. */
export async function layOutPackage(plan: PackagePlan, folder: string, signs: boolean): Promise<void> {
  const { channel, signer } = plan;
  const version = toWindowsVersion(plan.version);
  const place = (path: string): string => join(folder, path);
  const put = (path: string, content: string | Uint8Array): void => {
    mkdirSync(dirname(place(path)), { recursive: true });
    writeFileSync(place(path), content);
  };
  const modules = await writeBundle(plan.entries ?? ENTRIES, place(APP));
  cpSync(await buildApp(), place(`${APP}/${PAGE_FOLDER}`), { recursive: true });
  withWindowsFiles(plan.windowsFiles, ({ node, koffi }) => {
    put(PROGRAM, makeProgramFile(readFileSync(node), { product: channel.name, version }));
    put(`${APP}/${KOFFI_BINARY}`, readFileSync(koffi));
  });
  put(`${APP}/boot.cjs`, BOOT);
  put(`${APP}/${PRODUCT_FILE}`, renderProduct({ channel, version: plan.version }));
  for (const [path, size] of Object.entries(LOGOS)) put(path, drawIcon(size));
  put("third-party-licences.txt", collectLicences(modules));
  put(MANIFEST_NAME, renderManifest({ channel, version, publisher: signer.publisher }));
  if (!signs) return;
  for (const path of [PROGRAM, `${APP}/${KOFFI_BINARY}`]) signFile(place(path), signer, plan.timestampUrl);
}

/** Writes the signed package to a file. Throws `PackagingError`. */
export async function buildPackage(plan: PackagePlan, file: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-package-"));
  try {
    await layOutPackage(plan, folder, true);
    writeFileSync(file, packFolder(folder));
    signFile(file, plan.signer, plan.timestampUrl);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The unsigned package of a folder that `layOutPackage` has written. */
export function packFolder(folder: string): Buffer {
  const payload = globSync("**/*", { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => path !== MANIFEST_NAME)
    .map((path) => ({ path: path.replaceAll("\\", "/"), data: readFileSync(join(folder, path)) }));
  return packMsix(payload, readFileSync(join(folder, MANIFEST_NAME), "utf8"));
}

function withWindowsFiles(given: WindowsFiles | undefined, use: (files: WindowsFiles) => void): void {
  if (given !== undefined) return use(given);
  const folder = mkdtempSync(join(tmpdir(), "latchkey-win32-"));
  try {
    use(installWindowsFiles(folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
