/**
 * Takes examined passkeys into the vault: sealed, packed into as few changes as the size of an entry allows, and saved some changes at a time. So
 * a crash leaves whole passkeys of a batch that is known (`import-batches.ts`), never half of one; the same file goes on where it stopped.
 */
import { equalBytes } from "../bytes/equal.ts";
import { wipe } from "../crypto/wipe.ts";
import { VaultError } from "../errors.ts";
import type { ImportItem } from "../exchange/import-item.ts";
import { encodeProvenance } from "../exchange/provenance.ts";
import type { KnownPasskey } from "../exchange/examine.ts";
import { writeChanges } from "../sync/write-entry.ts";
import { eachPasskey } from "../vault/cells.ts";
import type { CredentialRecord } from "../vault/credential-record.ts";
import { sealCredBlob, sealPrfSeeds, sealPrivateKey, sealRegister } from "../vault/credential-secret.ts";
import { sealLargeBlob } from "../vault/large-blob.ts";
import { purgedSetting } from "../vault/next-document.ts";
import type { VaultOperation } from "../vault/operations.ts";
import {
  IMPORT_PREFIX,
  LARGE_BLOB,
  type PasskeyId,
  passkeyId,
  PROVENANCE,
  type RegisterValue,
} from "../vault/schema.ts";
import { encodeBase64url, encodeUtf8 } from "../bytes/text.ts";
import type { Device } from "./device.ts";

/** Of the values and names in one change; the change adds some, and may have 60 KiB. */
const CHANGE_BYTES = 44 * 1024;
/** Keys written in one change; 1 024 are the limit. */
const CHANGE_WRITES = 900;
/** Changes that are saved together. */
const CHANGES_AT_ONCE = 6;
/** Beside the key and the value of a write. */
const WRITE_BYTES = 24;

/** What the vault knows, for `examine.ts`; as it is now. */
export function knownPasskeys(device: Device): {
  find(id: PasskeyId): KnownPasskey | null;
  isErased(id: PasskeyId): boolean;
  hasAccount(rpId: string, userHandle: Uint8Array): boolean;
} {
  const { document } = device.state;
  const accountOf = (rpId: string, userHandle: Uint8Array): string =>
    `${encodeBase64url(userHandle)} ${rpId}`;
  const accounts = new Set<string>();
  for (const [id] of eachPasskey(document.cells())) {
    const { record, state } = document.get(id) ?? { record: null };
    if (record !== null && state === "live") accounts.add(accountOf(record.rpId, record.userHandle));
  }
  return {
    find(id) {
      const passkey = document.get(id);
      if (passkey === null || passkey.record === null) return null;
      const { record, userName, userDisplayName } = passkey;
      return { ...record, userName, userDisplayName, isDeleted: passkey.state === "deleted" };
    },
    isErased: (id) => document.settings().has(purgedSetting(id)),
    hasAccount: (rpId, userHandle) => accounts.has(accountOf(rpId, userHandle)),
  };
}

/** What one passkey takes: writes that go in together, then those that are too large to. */
interface Piece {
  readonly id: PasskeyId;
  readonly bytes: number;
  readonly writes: number;
  readonly first: readonly VaultOperation[];
  readonly later: readonly VaultOperation[];
}

export interface ImportProgress {
  /** Called with how many passkeys are saved; resolves when the import may go on, and rejects to break it off. */
  readonly rest: (done: number) => Promise<void>;
}

/**
 * `secretKey` is `K_secret` of the present epoch. Items are left to the caller to wipe. Saved when it resolves. Throws what committing throws; what
 * was saved before stays, as a batch that can be undone.
 */
export async function importPasskeys(
  device: Device,
  secretKey: Uint8Array,
  batch: string,
  items: readonly ImportItem[],
  { rest }: ImportProgress,
): Promise<void> {
  const { logId } = device.context.epoch;
  let done = 0;
  let at = 0;
  while (at < items.length) {
    const pieces: Piece[][] = [];
    for (; at < items.length && pieces.length < CHANGES_AT_ONCE;) {
      const change: Piece[] = [];
      let [bytes, writes] = [0, 0];
      while (at < items.length) {
        const piece = makePiece(device, secretKey, batch, items[at] as ImportItem);
        const isFull = bytes + piece.bytes > CHANGE_BYTES || writes + piece.writes > CHANGE_WRITES;
        if (change.length > 0 && isFull) break;
        change.push(piece);
        bytes += piece.bytes;
        writes += piece.writes;
        at++;
      }
      pieces.push(change);
    }
    await save(device, logId, pieces);
    done += pieces.reduce((sum, change) => sum + change.length, 0);
    await rest(done);
  }
}

async function save(device: Device, logId: Uint8Array, pieces: readonly (readonly Piece[])[]): Promise<void> {
  await device.step((state) => {
    // Sealed under keys that are the vault's no more, a passkey would open nowhere.
    if (!equalBytes(device.context.epoch.logId, logId))
      throw new VaultError("LK-IMPORT-STOPPED", "keys of the vault changed during the import");
    // What came in from another device meanwhile stays as it is.
    const isNew = ({ id, first }: Piece): boolean =>
      first[0]?.type === "restore" || state.document.get(id) === null;
    const fresh = pieces.map((change) => change.filter(isNew));
    return writeChanges(device.context, state, [
      ...fresh.map((change) => change.flatMap(({ first }) => first)).filter((acts) => acts.length > 0),
      ...fresh.flat().flatMap(({ later }) => later.map((operation) => [operation])),
    ]);
  });
}

function makePiece(device: Device, secretKey: Uint8Array, batch: string, item: ImportItem): Piece {
  const id = passkeyId(item.credentialId);
  const mark = IMPORT_PREFIX + batch;
  if (item.isBackFromTrash) {
    const marked: VaultOperation = { type: "put", id, register: mark, value: true };
    return { id, bytes: 400, writes: 3, first: [{ type: "restore", id }, marked], later: [] };
  }
  const { random } = device.deps;
  const record: CredentialRecord = {
    ...item,
    sealedPrivateKey: sealPrivateKey(secretKey, item, item.privateKey, random),
    sealedPrfSeeds: item.prfSeeds === null ? null : sealPrfSeeds(secretKey, item, item.prfSeeds, random),
    sealedCredBlob: item.credBlob === null ? null : sealCredBlob(secretKey, item, item.credBlob, random),
  };
  const provenance = encodeProvenance(item.provenance).bytes;
  const registers = new Map<string, RegisterValue>(item.registers)
    .set(mark, true)
    .set(PROVENANCE, sealRegister(secretKey, record, PROVENANCE, provenance, random));
  wipe(provenance);
  if (item.largeBlob !== null)
    registers.set(LARGE_BLOB, sealLargeBlob(secretKey, record, item.largeBlob, random));
  return splitPiece(id, record, registers);
}

/** What is large goes into changes of its own, saved in the same step. */
function splitPiece(id: PasskeyId, record: CredentialRecord, registers: Map<string, RegisterValue>): Piece {
  const size = (register: string, value: RegisterValue): number =>
    id.length + register.length + WRITE_BYTES + lengthOf(value);
  // The record itself: at most 8 KiB.
  let bytes = id.length + 400 + record.publicKey.length + record.sealedPrivateKey.length + record.rpId.length;
  for (const [register, value] of registers) bytes += size(register, value);
  const later: VaultOperation[] = [];
  for (const register of ["note", PROVENANCE, LARGE_BLOB]) {
    const value = registers.get(register);
    if (bytes <= CHANGE_BYTES || value === undefined) continue;
    registers.delete(register);
    bytes -= size(register, value);
    later.push({ type: "put", id, register, value });
  }
  return { id, bytes, writes: 1 + registers.size, first: [{ type: "create", record, registers }], later };
}

const lengthOf = (value: RegisterValue): number =>
  typeof value === "boolean" ? 1 : typeof value === "string" ? encodeUtf8(value).length : value.length;
