/** Reads a name for a device or an account, as a page sends it. */
import { VaultError } from "@latchkey/core/errors";
import { MAX_DEVICE_NAME } from "@latchkey/core/membership/member-record";

/** Throws `LK-CLI-USAGE`. */
export function readName(value: unknown): string {
  const name = typeof value === "string" ? value.trim() : "";
  if (name === "" || name.length > MAX_DEVICE_NAME)
    throw new VaultError(
      "LK-CLI-USAGE",
      `device name has ${name.length} characters, limit ${MAX_DEVICE_NAME}`,
    );
  return name;
}
