/**
 * The relays of a vault: settings that every device shares, so that a device that joins or was away knows where the others are.
 *
 *   setting  relay / hex of the relay's row key = [1, origin, creation token or null]
 *
 *   row  meta / "first-relays" = sealed [relay setting, …]     where a device that joined was told to look, until the vault itself says
 *
 * The token lets members create the room of the next epoch where the operator admits by invitation; it is as secret as the vault.
 */
import { encodeHex, encodeUtf8 } from "../bytes/text.ts";
import { encodeCbor } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import { isVaultError } from "../errors.ts";
import { MAX_CREATION_TOKEN_BYTES, MIN_CREATION_TOKEN_BYTES } from "../relay-protocol/limits.ts";
import { formatRelayAddress, parseRelayAddress, type RelayAddress } from "../relay-protocol/relay-address.ts";
import { deriveRelayKey } from "../sync/relay-marks.ts";
import type { VaultDocument } from "../vault/document.ts";
import type { VaultOperation } from "../vault/operations.ts";
import { MAX_SETTING_BYTES } from "../vault/schema.ts";
import { isLanOrigin } from "./lan-announcement.ts";
import type { LocalRows } from "../storage/local-rows.ts";
import type { DeviceStore, RowChange } from "../storage/device-store.ts";

const VERSION = 1;
const PREFIX = "relay/";
const MAX_ORIGIN_LENGTH = 300;
const FIRST_KEY = encodeUtf8("first-relays");
const MAX_FIRST_RELAYS = 16;

/** The operation that adds a relay, or changes its token. */
export function putRelay(address: RelayAddress): VaultOperation {
  return {
    type: "put-setting",
    name: PREFIX + encodeHex(deriveRelayKey(address.origin)),
    value: encodeAddress(address),
  };
}

/** The operation that takes a relay away. */
export const clearRelay = (origin: string): VaultOperation => ({
  type: "clear-setting",
  name: PREFIX + encodeHex(deriveRelayKey(origin)),
});

const encodeAddress = ({ origin, token }: RelayAddress): Uint8Array => encodeCbor([VERSION, origin, token]);

/** Those that the vault names; of one that is not here yet, or names none, those of the invitation: then only on the local network. */
export function chooseRelays(
  document: VaultDocument,
  isHere: boolean,
  first: readonly RelayAddress[],
): readonly RelayAddress[] {
  const relays = listRelays(document);
  if (relays.length > 0) return relays;
  return isHere ? first.filter(({ origin }) => isLanOrigin(origin)) : first;
}

/** The row of the relays that an invitation named. */
export function sealFirstRelays(rows: LocalRows, relays: readonly RelayAddress[]): RowChange {
  return rows.seal("meta", FIRST_KEY, encodeCbor(relays.map(encodeAddress)));
}

export async function readFirstRelays(store: DeviceStore, rows: LocalRows): Promise<RelayAddress[]> {
  const row = await store.get("meta", FIRST_KEY);
  const plaintext = row === null ? null : rows.open("meta", row);
  if (plaintext === null) return [];
  const addresses = readStructure("LK-VAULT-DAMAGED", plaintext, (value) =>
    new Fields([value], "first relays", 1).list("relays", MAX_FIRST_RELAYS, (item) =>
      readAddress(new Fields([item], "relay", 1).bytes("setting", { min: 1, max: MAX_SETTING_BYTES })),
    ),
  );
  return addresses.filter((address) => address !== null);
}

/** The configured relays, in order of their addresses. One that this version cannot read is left out and left alone. */
export function listRelays(document: VaultDocument): RelayAddress[] {
  const relays: RelayAddress[] = [];
  for (const [name, value] of document.settings()) {
    if (!name.startsWith(PREFIX) || !(value instanceof Uint8Array)) continue;
    const address = readAddress(value);
    if (address !== null) relays.push(address);
  }
  return relays.sort((a, b) => (a.origin < b.origin ? -1 : 1));
}

function readAddress(value: Uint8Array): RelayAddress | null {
  try {
    return readStructure("LK-RELAY-ORIGIN", value, (item) => {
      const fields = new Fields(item, "relay setting", 3);
      fields.uint("version", VERSION);
      const origin = fields.text("origin", MAX_ORIGIN_LENGTH);
      const token = fields.optional((f) =>
        f.bytes("token", { min: MIN_CREATION_TOKEN_BYTES, max: MAX_CREATION_TOKEN_BYTES }),
      );
      return parseRelayAddress(formatRelayAddress({ origin, token }));
    });
  } catch (error) {
    if (isVaultError(error)) return null;
    throw error;
  }
}
