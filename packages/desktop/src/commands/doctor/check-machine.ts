/** Checks of this machine and of the vault file from outside: no passphrase, no network, nothing opened. */
import { statSync } from "node:fs";
import module from "node:module";
import { type Check, makeCheck, skipCheck } from "./check.ts";

/** What is tested (`bin/latchkey.js` needs it, too). */
const LEAST_NODE = [24, 21] as const;
const OTHERS = 0o077;

export function checkMachine(): readonly Check[] {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const isNew = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1]);
  const cache = module.getCompileCacheDir();
  return [
    makeCheck(
      "node-version",
      isNew,
      `Node ${process.versions.node}`,
      `install Node ${LEAST_NODE.join(".")} or later`,
    ),
    makeCheck(
      "compile-cache",
      cache !== undefined,
      cache === undefined
        ? "no compiled code is kept, so every start is slower"
        : `compiled code is in ${cache}`,
      "make the folder latchkey/compiled in your cache folder writable for you alone",
    ),
  ];
}

export function checkVaultFile(path: string): readonly Check[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  const present = makeCheck(
    "vault-file",
    stat !== undefined,
    stat === undefined ? `there is no vault at ${path}` : `the vault is ${path}`,
    "make one with latchkey init, or join one with latchkey device join",
  );
  if (stat === undefined) return [present];
  if (process.platform === "win32")
    return [present, skipCheck("vault-mode", "on Windows your profile folder keeps the file to you")];
  const mode = stat.mode & 0o777;
  const text = `its mode is ${mode.toString(8).padStart(4, "0")}`;
  return [present, makeCheck("vault-mode", (mode & OTHERS) === 0, text, `run chmod 600 ${path}`)];
}
