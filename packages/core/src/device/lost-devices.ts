/**
 * Devices that the person said are lost, and what is done about the passkeys that they may still hold (experience.md § 7, U7). Both are kept in the
 * vault, each in a register of its own: so two devices that work through the list apart both keep what they did.
 *
 *   setting   lost/HALF = [1, name, ms since 1970]       HALF: the lost device's half of its actors in hex
 *   register  rotated/HALF = true                        of a passkey: it was replaced at its site, and what HALF holds is worth nothing
 *
 * A lost device may hold every passkey that was made before it was said to be lost: what it had acknowledged is not known to be all that it had.
 */
import { encodeCbor } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import { isVaultError, VaultError } from "../errors.ts";
import { MAX_DEVICE_NAME } from "../membership/member-record.ts";
import { deriveActorPrefix } from "../vault/operation-id.ts";
import type { VaultDocument } from "../vault/document.ts";
import type { VaultOperation } from "../vault/operations.ts";
import type { PasskeyId } from "../vault/schema.ts";
import type { Device } from "./device.ts";

const VERSION = 1;
const SETTING = "lost/";
const REGISTER = "rotated/";
const HALF = /^[0-9a-f]{16}$/;

export interface LostDevice {
  /** Its half of its actors, in hex: names it in the vault for ever. */
  readonly half: string;
  readonly name: string;
  /** When it was said to be lost, in milliseconds since 1970. */
  readonly since: number;
}

export const rotatedRegister = (half: string): string => REGISTER + half;

/** Keeps that the device with this entry public key is lost; said twice, the first time counts. */
export function markLost(device: Device, entryPublicKey: Uint8Array, name: string): Promise<boolean> {
  const half = deriveActorPrefix(entryPublicKey);
  return device.act(({ document }) => {
    if (listLostDevices(document).some((lost) => lost.half === half)) return [];
    const value = encodeCbor([VERSION, name.slice(0, MAX_DEVICE_NAME), device.deps.clock.now()]);
    return [{ type: "put-setting", name: SETTING + half, value }];
  });
}

/** The latest first. What cannot be read is left out. */
export function listLostDevices(document: VaultDocument): readonly LostDevice[] {
  const found: LostDevice[] = [];
  for (const [name, value] of document.settings()) {
    const half = name.startsWith(SETTING) ? name.slice(SETTING.length) : "";
    const lost = HALF.test(half) && value instanceof Uint8Array ? readLost(half, value) : null;
    if (lost !== null) found.push(lost);
  }
  return found.sort((a, b) => b.since - a.since);
}

function readLost(half: string, value: Uint8Array): LostDevice | null {
  try {
    return readStructure("LK-VAULT-DAMAGED", value, (item) => {
      const fields = new Fields(item, "lost device", 3);
      if (fields.uint("version") !== VERSION) return null;
      return { half, name: fields.text("name", MAX_DEVICE_NAME), since: fields.uint("since") };
    });
  } catch (error) {
    if (isVaultError(error, "LK-VAULT-DAMAGED")) return null;
    throw error;
  }
}

/** The lost device with this name, or whose half begins so; the latest of all without. Throws `LK-VAULT-NOT-FOUND` or `LK-VAULT-AMBIGUOUS`. */
export function findLostDevice(document: VaultDocument, selector: string | null): LostDevice {
  const all = listLostDevices(document);
  const found =
    selector === null
      ? all
      : all.filter(
          ({ name, half }) =>
            name === selector || (selector !== "" && half.startsWith(selector.toLowerCase())),
        );
  const [first, second] = found;
  if (first === undefined) throw new VaultError("LK-VAULT-NOT-FOUND", "no such device is lost");
  if (second !== undefined)
    throw new VaultError("LK-VAULT-AMBIGUOUS", `${found.length} lost devices fit ${selector ?? "all"}`);
  return first;
}

/** Marks a passkey as replaced at its site, for every lost device that may hold it; or takes that back. Resolves `false` when it is so already. */
export function markRotated(device: Device, id: PasskeyId, isDone: boolean): Promise<boolean> {
  return device.act(({ document }) => {
    const passkey = document.get(id);
    if (passkey?.record == null) throw new VaultError("LK-VAULT-NOT-FOUND", "no such passkey");
    const { createdAt } = passkey.record;
    const lost = listLostDevices(document).filter(({ since }) => createdAt <= since);
    if (lost.length === 0) throw new VaultError("LK-VAULT-NOT-FOUND", "no lost device had this passkey");
    return lost.flatMap(({ half }): VaultOperation[] => {
      const register = rotatedRegister(half);
      const wasDone = document.valuesOf(id, register).at(-1) === true;
      if (wasDone === isDone) return [];
      return [isDone ? { type: "put", id, register, value: true } : { type: "clear", id, register }];
    });
  });
}
