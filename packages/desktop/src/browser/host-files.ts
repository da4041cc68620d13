/**
 * What a browser needs to start the native messaging host: a launcher that names Node, the program and the vault, and a manifest that names
 * the launcher and the one extension that may ask. Paths only: no secret is in either.
 */
import { dirname, join } from "node:path";
import { EXTENSION_ORIGIN, HOST_NAME } from "@latchkey/browser-extension/identity";
import { VaultError } from "@latchkey/core/errors";

export const MANIFEST_FILE = `${HOST_NAME}.json`;

export interface LauncherParts {
  readonly node: string;
  readonly program: string;
  readonly vault: string;
}

const LAUNCHER_FILE = process.platform === "win32" ? "latchkey-browser-host.cmd" : "latchkey-browser-host";

/** Our own files for browsers, in one folder beside the vault. */
export const filesFolderOf = (vault: string): string => join(dirname(vault), "browser");
export const launcherIn = (folder: string): string => join(folder, LAUNCHER_FILE);
export const extensionIn = (folder: string): string => join(folder, "extension");

/** Throws `LK-BROWSER-FILES` for a path that a batch file cannot carry. */
export function renderLauncher(platform: NodeJS.Platform, { node, program, vault }: LauncherParts): string {
  const words = [node, program, `--vault=${vault}`];
  if (platform !== "win32") return `#!/bin/sh\nexec ${words.map(quoteForShell).join(" ")} "$@"\n`;
  return `@echo off\r\n${words.map(quoteForBatch).join(" ")} %*\r\n`;
}

const quoteForShell = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

function quoteForBatch(text: string): string {
  if (/["\r\n]/.test(text))
    throw new VaultError("LK-BROWSER-FILES", "path has a character that no batch file can carry");
  return `"${text.replaceAll("%", "%%")}"`;
}

export interface HostManifest {
  readonly name: string;
  readonly description: string;
  readonly path: string;
  readonly type: "stdio";
  readonly allowed_origins: readonly string[];
}

export const makeHostManifest = (launcher: string): HostManifest => ({
  name: HOST_NAME,
  description: "Latchkey: the passkey vault on this computer",
  path: launcher,
  type: "stdio",
  allowed_origins: [EXTENSION_ORIGIN],
});

/** `null` for a text that is no manifest of a host. */
export function readHostManifest(text: string): HostManifest | null {
  try {
    const value = JSON.parse(text) as Partial<HostManifest> | null;
    const isOne =
      typeof value?.path === "string" &&
      typeof value.name === "string" &&
      Array.isArray(value.allowed_origins);
    return isOne ? (value as HostManifest) : null;
  } catch {
    return null;
  }
}
