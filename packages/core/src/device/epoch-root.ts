/** A root of one epoch beside the log that it leads to, as both tiers keep them. */
import { equalBytes } from "../bytes/equal.ts";
import type { CborValue } from "../cbor/codec.ts";
import { Fields } from "../cbor/fields.ts";
import { ROOT_BYTES } from "../membership/epoch.ts";
import { ROOM_ID_BYTES } from "../relay-protocol/room-id.ts";

/** Epochs whose roots a device keeps at once; old ones go when every device has moved. */
export const MAX_EPOCHS = 64;

export interface EpochRoot {
  readonly logId: Uint8Array;
  readonly root: Uint8Array;
}

/** Of more than there is room for the oldest go. */
export const encodeRoots = (roots: readonly EpochRoot[]): CborValue =>
  roots.slice(-MAX_EPOCHS).map(({ logId, root }) => [logId, root]);

export function decodeRoot(value: CborValue): EpochRoot {
  const fields = new Fields(value, "epoch root", 2);
  return { logId: fields.bytes("log id", ROOM_ID_BYTES), root: fields.bytes("root", ROOT_BYTES) };
}

export const findRoot = (roots: readonly EpochRoot[], logId: Uint8Array): EpochRoot | null =>
  roots.find((entry) => equalBytes(entry.logId, logId)) ?? null;

/** Both, each log once. */
export const joinRoots = (roots: readonly EpochRoot[], later: readonly EpochRoot[]): EpochRoot[] => [
  ...roots,
  ...later.filter(({ logId }) => findRoot(roots, logId) === null),
];
