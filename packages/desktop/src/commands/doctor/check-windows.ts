/** Checks of the way from Windows to the vault. Elsewhere than on Windows there is none, which is the finding. */
import { isVaultError } from "@latchkey/core/errors";
import type { CommandContext } from "../../cli/context.ts";
import { withSession } from "../with-session.ts";
import { type Check, makeCheck } from "./check.ts";

export async function checkWindows(context: CommandContext): Promise<readonly Check[]> {
  const { system } = context;
  if (system !== null) return system.examine(await readListable(context));
  const isWindows = process.platform === "win32";
  return [
    makeCheck(
      "windows-version",
      false,
      isWindows
        ? "this Latchkey runs outside of its package: Windows cannot start it"
        : `not Windows: this is ${process.platform}, where no system asks Latchkey for passkeys`,
      isWindows
        ? "install the MSIX package, and run its latchkey doctor windows"
        : "run this on Windows 11; everything else of Latchkey works here too",
    ),
  ];
}

/** `null` while the vault is locked, or where there is none. */
async function readListable(context: CommandContext): Promise<readonly string[] | null> {
  try {
    return await withSession(context, async (session) => {
      if (context.globals.passphraseFd !== null) await session.call("unlock", {});
      return (await session.call("provider.status", {}))["listable"] as readonly string[] | null;
    });
  } catch (error) {
    if (isVaultError(error)) return null;
    throw error;
  }
}
