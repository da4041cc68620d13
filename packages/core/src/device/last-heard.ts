/**
 * When this device last received something of each other one, by its own clock: for people, never for a decision. Entries bear no time, so it
 * is the time of arrival here, not of writing there.
 *
 *   row  meta / "last-heard" = sealed [1, [[device entry public key(32), ms since 1970], …]]
 */
import { decodeHex, encodeHex, encodeUtf8 } from "../bytes/text.ts";
import { encodeCbor } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import { SIGNING_PUBLIC_KEY_BYTES } from "../crypto/signature.ts";
import { isVaultError } from "../errors.ts";
import { MAX_DEVICES } from "../log/verify.ts";
import type { LocalRows } from "../storage/local-rows.ts";
import type { DeviceStore } from "../storage/device-store.ts";
import type { Device } from "./device.ts";

const VERSION = 1;
const KEY = encodeUtf8("last-heard");
/** Written down no more often: people are shown minutes. */
const STEP_MS = 60_000;
/** Devices that are gone keep their line: the oldest go. */
const MAX_LINES = 2 * MAX_DEVICES;

/** Milliseconds since 1970 by entry public key in hex. Empty where the row is damaged: it is written again. */
export async function readLastHeard(store: DeviceStore, rows: LocalRows): Promise<Map<string, number>> {
  const row = await store.get("meta", KEY);
  const plaintext = row === null ? null : rows.open("meta", row);
  if (plaintext === null) return new Map();
  try {
    return readStructure("LK-VAULT-DAMAGED", plaintext, (value) => {
      const fields = new Fields(value, "last heard", 2);
      fields.uint("version", VERSION);
      return new Map(
        fields.list("lines", MAX_LINES, (item) => {
          const line = new Fields(item, "line", 2);
          return [encodeHex(line.bytes("device", SIGNING_PUBLIC_KEY_BYTES)), line.uint("time")] as const;
        }),
      );
    });
  } catch (error) {
    if (isVaultError(error, "LK-VAULT-DAMAGED")) return new Map();
    throw error;
  }
}

/** Notes every arrival while the device is open. Returns the way to stop. `onFault` gets what a commit throws. */
export function noteArrivals(device: Device, onFault: (fault: unknown) => void): () => void {
  const { deps, context } = device;
  let heard: Map<string, number> | null = null;
  let queue: Promise<void> = Promise.resolve();

  async function note(tags: ReadonlySet<string>): Promise<void> {
    const now = deps.clock.now();
    heard ??= await readLastHeard(deps.store, context.rows);
    let changed = false;
    for (const [tag, { member }] of device.state.members) {
      const key = encodeHex(member.identity.entryPublicKey);
      if (!tags.has(tag) || now - (heard.get(key) ?? 0) < STEP_MS) continue;
      heard.set(key, now);
      changed = true;
    }
    if (changed) await device.commit([sealLines(context.rows, heard)]);
  }

  return device.subscribe((notices) => {
    const own = device.self === null ? null : encodeHex(device.self.deviceTag);
    const tags = new Set(
      notices.flatMap((notice) => (notice.is === "accepted" ? [encodeHex(notice.deviceTag)] : [])),
    );
    if (own !== null) tags.delete(own);
    if (tags.size > 0) queue = queue.then(() => note(tags)).catch(onFault);
  });
}

function sealLines(rows: LocalRows, heard: ReadonlyMap<string, number>) {
  const lines = [...heard].sort(([, a], [, b]) => b - a).slice(0, MAX_LINES);
  const plaintext = encodeCbor([VERSION, lines.map(([key, time]) => [decodeHex(key), time])]);
  return rows.seal("meta", KEY, plaintext);
}
