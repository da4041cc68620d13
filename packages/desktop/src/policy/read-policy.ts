/**
 * What an organization has set on this machine, from a file that only its administrator can change: `/etc/latchkey/policy.json`, or
 * `/Library/Application Support/Latchkey/policy.json` on macOS. On Windows it is in the registry, which the program of the package reads.
 */
import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { broken, NO_POLICY, type PolicyReading, readPolicyText } from "@latchkey/core/policy/policy";

const ROOT = 0;
const OTHERS_WRITE = 0o022;

/** Read once, at the start: a change counts from the next one. Never throws. */
export function readMachinePolicy(): PolicyReading {
  switch (process.platform) {
    case "win32":
      return NO_POLICY;
    case "darwin":
      return readPolicyFile("/Library/Application Support/Latchkey/policy.json");
    default:
      return readPolicyFile("/etc/latchkey/policy.json");
  }
}

/** `owner`: the user id that the file has to belong to. */
export function readPolicyFile(path: string, owner: number = ROOT): PolicyReading {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return NO_POLICY;
    return broken(`${path} cannot be read (${code}); nothing of it counts`);
  }
  try {
    const { uid, mode } = fstatSync(file);
    if (uid !== owner || (mode & OTHERS_WRITE) !== 0) {
      return broken(`${path} can be changed by others than the administrator; nothing of it counts`);
    }
    return readPolicyText(readFileSync(file, "utf8"), path);
  } catch (error) {
    return broken(`${path} cannot be read (${(error as NodeJS.ErrnoException).code}); nothing of it counts`);
  } finally {
    closeSync(file);
  }
}
