/**
 * Node for Windows and koffi's Windows binary, as the package has them.
 *
 * Wine 8 exports VirtualAlloc2 without what V8 wants of it, and V8 does without where it is not exported: so a *copy* of node.exe asks for
 * a name that nobody has. Only tests use that copy.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  installWindowsFiles,
  locateWindowsFiles,
  LOCKED_FILES,
  type WindowsFiles,
} from "@latchkey/windows-provider/package/windows-files";
import { cached, hashOfFiles } from "./cache.ts";

const WANTED = Buffer.from("VirtualAlloc2\0", "latin1");
const RECIPE = "1";

export interface WindowsNode {
  readonly node: string;
  /** koffi's binary; to be copied beside a bundle. */
  readonly koffi: string;
  /** What a package is made of. */
  readonly files: WindowsFiles;
}

export async function installWindowsNode(): Promise<WindowsNode> {
  const folder = await cached("win32", hashOfFiles(LOCKED_FILES, RECIPE), async (draft) => {
    const { node } = installWindowsFiles(draft);
    writeFileSync(join(draft, "node.exe"), withoutVirtualAlloc2(readFileSync(node)));
  });
  const files = locateWindowsFiles(folder);
  return { node: join(folder, "node.exe"), koffi: files.koffi, files };
}

/** Throws unless the name is there exactly once: then it would be another program than the one that was tried. */
export function withoutVirtualAlloc2(program: Buffer): Buffer {
  const at = program.indexOf(WANTED);
  if (at < 0 || program.includes(WANTED, at + 1))
    throw new Error("node.exe does not name VirtualAlloc2 once");
  program.write("X", at + WANTED.length - 2, "latin1");
  return program;
}
