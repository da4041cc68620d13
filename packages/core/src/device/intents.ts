/**
 * Stored intents: a removal, a purge or a change of keys that the person wanted while no relay could be reached (sync-protocol.md § 6). It is kept on
 * this device, and carried out at the next contact when the person is verified again. Signed when it is made, for then the person is verified: a
 * process that has only the metadata tier can plan nothing in the person's name.
 *
 *   row  meta / "intent/" ‖ id(8) = sealed [kind, target, ms since 1970, signature(64)]      kind 1 removal, 2 purge, 3 change of keys
 *        Ed25519 by the device's authority key over [intent-signature, id, kind, target, ms]
 *
 * Target: the entry public key of a device, a credential id, or the hash of the epoch whose keys are to be changed.
 */
import { concatBytes } from "../bytes/concat.ts";
import { equalBytes } from "../bytes/equal.ts";
import { decodeHex, encodeHex, encodeUtf8 } from "../bytes/text.ts";
import { encodeCbor } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import { LABELS } from "../crypto/labels.ts";
import { isSignedBy, SIGNATURE_BYTES, signOperands } from "../crypto/signature.ts";
import { wipe } from "../crypto/wipe.ts";
import { VaultError } from "../errors.ts";
import { deriveSigningKeys } from "../membership/device.ts";
import type { RowChange } from "../storage/device-store.ts";
import { findMember } from "../sync/replica-state.ts";
import { passkeyId } from "../vault/schema.ts";
import type { Device } from "./device.ts";
import type { NextEpochPlan } from "./stage-epoch.ts";
import type { SigningTier } from "./tiers.ts";

const PREFIX = encodeUtf8("intent/");
const ID_BYTES = 8;
const MAX_TARGET_BYTES = 1_023;
const KINDS = ["removal", "purge", "rotation"] as const;
export type IntentKind = (typeof KINDS)[number];

export interface Intent {
  /** In hex. */
  readonly id: string;
  readonly kind: IntentKind;
  readonly target: Uint8Array;
  /** Milliseconds since 1970, by this device's clock. */
  readonly since: number;
}

const keyOf = (id: Uint8Array): Uint8Array => concatBytes(PREFIX, id);
const numberOf = (kind: IntentKind): number => KINDS.indexOf(kind) + 1;

/** Keeps what `plan` is to do. Callers hold a user verification. What is kept already stays as it is. Resolves with the intents for it. */
export async function keepIntents(
  device: Device,
  signing: SigningTier,
  plan: NextEpochPlan,
): Promise<readonly Intent[]> {
  const { context, deps } = device;
  const wanted = listTargets(device, plan);
  const kept = await readIntents(device);
  const { authority } = deriveSigningKeys(signing);
  const since = deps.clock.now();
  const rows: RowChange[] = [];
  for (const [kind, target] of wanted) {
    if (kept.some((each) => isFor(each, kind, target))) continue;
    const id = deps.random(ID_BYTES);
    const signature = signOperands(authority, LABELS.intentSignature, id, numberOf(kind), target, since);
    rows.push(context.rows.seal("meta", keyOf(id), encodeCbor([numberOf(kind), target, since, signature])));
  }
  wipe(authority.secretKey);
  await changeRows(device, rows);
  const all = await readIntents(device);
  return all.filter((each) => wanted.some(([kind, target]) => isFor(each, kind, target)));
}

const isFor = (intent: Intent, kind: IntentKind, target: Uint8Array): boolean =>
  intent.kind === kind && equalBytes(intent.target, target);

function listTargets({ epoch }: Device, { removed, purged }: NextEpochPlan): [IntentKind, Uint8Array][] {
  const targets = [
    ...removed.map((key): [IntentKind, Uint8Array] => ["removal", key]),
    ...purged.map((id): [IntentKind, Uint8Array] => ["purge", id]),
  ];
  return targets.length > 0 ? targets : [["rotation", epoch.hash]];
}

/** The oldest first. A row that is damaged, or that this device's authority key did not sign, counts as none. */
export async function readIntents(device: Device): Promise<readonly Intent[]> {
  const { context, deps, self } = device;
  if (self === null) return [];
  const intents: Intent[] = [];
  for (const row of await deps.store.scan("meta", PREFIX)) {
    const plaintext = context.rows.open("meta", row);
    const id = row.key.slice(PREFIX.length);
    const intent =
      plaintext === null ? null : readRow(id, plaintext, self.member.identity.authorityPublicKey);
    if (intent !== null) intents.push(intent);
  }
  return intents.sort((a, b) => a.since - b.since || (a.id < b.id ? -1 : 1));
}

function readRow(id: Uint8Array, plaintext: Uint8Array, authorityPublicKey: Uint8Array): Intent | null {
  return readStructure("LK-VAULT-DAMAGED", plaintext, (value) => {
    const fields = new Fields(value, "intent row", 4);
    const number = fields.uint("kind");
    const target = fields.bytes("target", { min: 1, max: MAX_TARGET_BYTES });
    const since = fields.uint("since");
    const signature = fields.bytes("signature", SIGNATURE_BYTES);
    const kind = KINDS[number - 1];
    const operands = [LABELS.intentSignature, id, number, target, since] as const;
    if (kind === undefined || !isSignedBy(authorityPublicKey, signature, ...operands)) return null;
    return { id: encodeHex(id), kind, target, since };
  });
}

/** Throws `LK-VAULT-NOT-FOUND`. */
export async function withdrawIntent(device: Device, id: string): Promise<void> {
  const found = (await readIntents(device)).find((intent) => intent.id === id);
  if (found === undefined) throw new VaultError("LK-VAULT-NOT-FOUND", `there is no intent ${id}`);
  await changeRows(device, [dropRow(found)]);
}

/** Whoever shows them or carries them out is told. */
async function changeRows(device: Device, rows: readonly RowChange[]): Promise<void> {
  if (rows.length === 0) return;
  const notices = [{ is: "intents-changed" }] as const;
  await device.step((state) => ({ state, rows, notices, touched: new Set() }));
}

const dropRow = ({ id }: Intent): RowChange => ({
  table: "meta",
  key: keyOf(decodeHex(id) as Uint8Array),
  value: null,
});

/** What the kept intents come to now, or `null`. Those that have come true, or that the vault has gone past, are forgotten. */
export async function planIntents(device: Device): Promise<NextEpochPlan | null> {
  const intents = await readIntents(device);
  const open = intents.filter((intent) => isOpen(device, intent));
  await changeRows(device, intents.filter((intent) => !open.includes(intent)).map(dropRow));
  if (open.length === 0) return null;
  const targetsOf = (wanted: IntentKind): Uint8Array[] =>
    open.filter(({ kind }) => kind === wanted).map(({ target }) => target);
  const [removed, purged] = [targetsOf("removal"), targetsOf("purge")];
  const reason = removed.length > 0 ? "removal" : purged.length > 0 ? "purge" : "yearly";
  return { reason, removed, purged };
}

function isOpen({ state, epoch, context }: Device, { kind, target }: Intent): boolean {
  if (kind === "rotation") return equalBytes(target, epoch.hash);
  // In the trash: who took it out of there meanwhile wants it.
  if (kind === "purge") return state.document.get(passkeyId(target))?.state === "deleted";
  return findMember(state, target) !== null && !equalBytes(target, context.self.signer.publicKey);
}
