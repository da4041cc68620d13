/**
 * What people call their devices. A device's record bears the name it was added under and is signed, so it stays; a new name is a setting of
 * the vault, which every device shows from then on.
 *
 *   setting  device-name / the device's half of its actors in hex = text, 1 to 64 characters
 */
import { encodeHex } from "../bytes/text.ts";
import { VaultError } from "../errors.ts";
import { MAX_DEVICE_NAME, type Member } from "../membership/member-record.ts";
import type { LogMember } from "../sync/replica-state.ts";
import type { VaultDocument } from "../vault/document.ts";
import { deriveActorPrefix } from "../vault/operation-id.ts";
import { isShowable } from "../words/showable.ts";
import type { Device } from "./device.ts";

const PREFIX = "device-name/";

const settingOf = (member: Member): string => PREFIX + deriveActorPrefix(member.identity.entryPublicKey);

/** The name that is shown. A setting that could not be shown counts as none. */
export function readDeviceName(document: VaultDocument, member: Member): string {
  const given = document.settings().get(settingOf(member));
  return typeof given === "string" && isShowable(given, MAX_DEVICE_NAME) ? given : member.name;
}

/** Names by the device's half of its actors, in hex. */
export function listDeviceNames({ state }: Device): ReadonlyMap<string, string> {
  return new Map(
    [...state.members.values()].map(({ member }) => [
      deriveActorPrefix(member.identity.entryPublicKey),
      readDeviceName(state.document, member),
    ]),
  );
}

/** The device with this name or whose tag, in hex, begins so. Throws `LK-VAULT-NOT-FOUND` or `LK-VAULT-AMBIGUOUS`. */
export function findDevice({ state }: Device, selector: string): LogMember {
  const members = [...state.members.values()];
  const ways: ((member: LogMember) => boolean)[] = [
    ({ member }) => readDeviceName(state.document, member) === selector,
    ({ deviceTag }) => selector.length > 0 && encodeHex(deviceTag).startsWith(selector.toLowerCase()),
  ];
  for (const fits of ways) {
    const [found, ...others] = members.filter(fits);
    if (others.length > 0)
      throw new VaultError("LK-VAULT-AMBIGUOUS", `${others.length + 1} devices fit ${selector}`);
    if (found !== undefined) return found;
  }
  throw new VaultError("LK-VAULT-NOT-FOUND", `no device fits ${selector}`);
}

/** Resolves `false` when it has the name already. Throws `LK-VAULT-LIMIT` for a name that cannot be shown. */
export async function renameDevice(device: Device, { member }: LogMember, name: string): Promise<boolean> {
  const given = name.trim();
  if (!isShowable(given, MAX_DEVICE_NAME)) {
    throw new VaultError(
      "LK-VAULT-LIMIT",
      `device name of ${given.length} characters, 1 to ${MAX_DEVICE_NAME} that can be shown expected`,
    );
  }
  if (readDeviceName(device.state.document, member) === given) return false;
  return device.act(() => [{ type: "put-setting", name: settingOf(member), value: given }]);
}
