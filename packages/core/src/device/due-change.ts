/**
 * When the keys are to be changed without anybody asking for it now (sync-protocol.md § 6): what was wanted before and waits for contact, what losing
 * records left to do, a log that has grown long, a year. Judged at any time, carried out at a user verification.
 *
 *   row  meta / "epoch-since" = sealed [epoch hash(32), day]      when this device first judged the epoch it is in: from then on the year counts
 *
 * Length and year have an offset that differs from device to device, so that not all make a rival of it on one day.
 */
import { equalBytes } from "../bytes/equal.ts";
import { encodeUtf8 } from "../bytes/text.ts";
import { encodeCbor } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import { HASH_BYTES } from "../crypto/hash.ts";
import { MAX_ENTRY_BYTES } from "../log/padding.ts";
import { deriveActorPrefix } from "../vault/operation-id.ts";
import type { Device } from "./device.ts";
import { listDuties } from "./duties.ts";
import { planIntents } from "./intents.ts";
import type { NextEpochPlan } from "./stage-epoch.ts";
import { judgeStanding } from "./standing.ts";

/** Entries and bytes of a log after which the next user verification begins a new one: about there, see `offsetOf`. */
export const LONG_LOG_ENTRIES = 2_000;
export const LONG_LOG_BYTES = 8 * 1024 * 1024;
export const YEAR_DAYS = 365;
/** Days over which the devices of a vault are spread. */
export const OFFSET_DAYS = 28;
const SINCE_KEY = encodeUtf8("epoch-since");

/** The change that is due, or `null`. */
export async function judgeDueChange(device: Device): Promise<NextEpochPlan | null> {
  // A recovery page changes keys for one reason alone, and when somebody asks for it.
  if (device.self === null || device.self.onProbation || device.self.member.page) return null;
  if (judgeStanding(device).is !== "member") return null;
  const wanted = await planIntents(device);
  if (wanted !== null) return wanted;
  const { removed, purged } = listDuties(device);
  if (removed.length + purged.length > 0)
    return { reason: removed.length > 0 ? "removal" : "purge", removed: [], purged: [] };
  const part = offsetOf(device);
  if (await isLong(device, 1 + part / 4)) return { reason: "size", removed: [], purged: [] };
  const since = await readSince(device);
  const isOld = device.today() - since >= YEAR_DAYS + Math.floor(part * OFFSET_DAYS);
  return isOld ? { reason: "yearly", removed: [], purged: [] } : null;
}

/** This device's place between 0 and 1: from its key, so the same at every start. */
function offsetOf({ context }: Device): number {
  return Number.parseInt(deriveActorPrefix(context.self.signer.publicKey).slice(0, 4), 16) / 0x10000;
}

async function isLong({ context, deps, state }: Device, times: number): Promise<boolean> {
  const count = state.accepted.size;
  if (count >= LONG_LOG_ENTRIES * times) return true;
  // So few cannot be so large.
  if (count * MAX_ENTRY_BYTES < LONG_LOG_BYTES) return false;
  const rows = await deps.store.scan("entry", context.epoch.logId);
  return rows.reduce((sum, { value }) => sum + (value?.length ?? 0), 0) >= LONG_LOG_BYTES * times;
}

async function readSince(device: Device): Promise<number> {
  const { context, deps, epoch } = device;
  const row = await deps.store.get("meta", SINCE_KEY);
  const plaintext = row === null ? null : context.rows.open("meta", row);
  const known =
    plaintext === null
      ? null
      : readStructure("LK-VAULT-DAMAGED", plaintext, (value) => {
          const fields = new Fields(value, "epoch-since row", 2);
          return { hash: fields.bytes("epoch hash", HASH_BYTES), day: fields.uint("day") };
        });
  if (known !== null && equalBytes(known.hash, epoch.hash)) return known.day;
  const today = device.today();
  await device.commit([context.rows.seal("meta", SINCE_KEY, encodeCbor([epoch.hash, today]))]);
  return today;
}
