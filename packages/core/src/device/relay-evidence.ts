/**
 * What a device noted of a relay that broke its word, kept until the person takes it away as a file that anybody can check without the
 * vault. A relay signs nothing, so a note is *the device's own statement*, signed, with the entries that it is about: `verify-evidence.ts`
 * says what of it is proven.
 *
 *   statement = [1, kind, ms since 1970, origin, instance id(16), log id(16), highest cursor known, head told, claims]
 *   claim     = [cursor or null, author's entry public key(32), entry]
 *   evidence  = [statement, device entry public key(32), signature(64)]       signature over [evidence-signature, statement]
 *   file      = [1, [evidence, …]]
 *
 *   row  meta / "evidence/" ‖ number u64 = sealed evidence
 *
 * `kind` is "acknowledged-without-storing", "rolled-back", "altered-copy" or "two-entries". The latter two are of no relay in particular: origin
 * is the empty text, the instance id zeros, both cursors 0.
 */
import { concatBytes } from "../bytes/concat.ts";
import { encodeHex, encodeUtf8 } from "../bytes/text.ts";
import { type CborValue, decodeCbor, encodeCbor } from "../cbor/codec.ts";
import { LABELS } from "../crypto/labels.ts";
import { signOperands } from "../crypto/signature.ts";
import { INSTANCE_ID_BYTES } from "../relay-protocol/handshake.ts";
import type { LinkReport } from "../sync/link-effect.ts";
import { encodePosition } from "../sync/replica-rows.ts";
import type { LogMember } from "../sync/replica-state.ts";
import type { Device } from "./device.ts";

export const EVIDENCE_KINDS = [
  "acknowledged-without-storing",
  "rolled-back",
  "altered-copy",
  "two-entries",
] as const;
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

export const EVIDENCE_VERSION = 1;
/** Notes kept: a relay that lies all day fills no disk. The oldest stay, for they say when it began. */
const MAX_NOTES = 64;
/** Entries named in one statement. */
export const MAX_CLAIMS = 16;
const PREFIX = encodeUtf8("evidence/");

interface Claim {
  readonly cursor: number | null;
  readonly author: Uint8Array;
  readonly entry: Uint8Array;
}

/** Notes what a relay's session reported, if it is a broken word and not a misfortune. Resolves whether it was noted. */
export async function noteRelayReport(device: Device, origin: string, report: LinkReport): Promise<boolean> {
  if (report.is !== "acknowledged-without-storing" && report.is !== "relay-lost-data") return false;
  // Another instance id says openly that data may be gone.
  if (report.is === "relay-lost-data" && !report.sameInstance) return false;
  const rows = await device.deps.store.scan("meta", PREFIX);
  if (rows.length >= MAX_NOTES) return false;
  const claims = report.is === "relay-lost-data" ? [] : await claimLost(device, report.lost);
  const kind = report.is === "relay-lost-data" ? "rolled-back" : report.is;
  const evidence = sign(device, [
    EVIDENCE_VERSION,
    kind,
    device.deps.clock.now(),
    origin,
    report.instanceId,
    device.context.epoch.logId,
    report.highest,
    report.head,
    encodeClaims(claims),
  ]);
  const key = concatBytes(PREFIX, encodePosition(rows.length));
  await device.commit([device.context.rows.seal("meta", key, encodeCbor(evidence))]);
  return true;
}

async function claimLost(
  device: Device,
  lost: readonly { readonly hash: Uint8Array; readonly cursor: number }[],
): Promise<Claim[]> {
  const cursors = new Map(lost.map(({ hash, cursor }) => [encodeHex(hash), cursor]));
  const entries = await device.readEntries(lost.slice(0, MAX_CLAIMS).map(({ hash }) => hash));
  return entries.flatMap(({ hash, bytes }) => {
    const key = encodeHex(hash);
    const tag = device.state.accepted.get(key)?.deviceTag;
    const author = tag === undefined ? undefined : device.state.members.get(encodeHex(tag));
    return author === undefined ? [] : [claim(author, bytes, cursors.get(key) ?? null)];
  });
}

/** The file: every note, and what the log itself shows of altered copies and of devices that live twice. */
export async function exportEvidence(device: Device): Promise<Uint8Array> {
  const { context, deps } = device;
  const notes: CborValue[] = [];
  for (const row of await deps.store.scan("meta", PREFIX)) {
    const plaintext = context.rows.open("meta", row);
    if (plaintext !== null) notes.push(decodeCbor(plaintext));
  }
  for (const altered of listAltered(device)) notes.push(stateOf(device, "altered-copy", [altered]));
  for (const pair of await listPairs(device)) notes.push(stateOf(device, "two-entries", pair));
  return encodeCbor([EVIDENCE_VERSION, notes]);
}

/** Copies under a member's tag that the member did not sign. */
function listAltered({ state }: Device): Claim[] {
  return [...state.held.values()].flatMap(({ reason, deviceTag, bytes }) => {
    const author = state.members.get(encodeHex(deviceTag));
    const isAltered = "refused" in reason && reason.refused === "LK-ENTRY-SIGNATURE";
    return isAltered && author !== undefined ? [claim(author, bytes, null)] : [];
  });
}

/** Of each device that lives twice the two entries that stand at one number. */
async function listPairs(device: Device): Promise<Claim[][]> {
  const { accepted, forked, members } = device.state;
  const pairs: Claim[][] = [];
  for (const [tag, author] of members) {
    if (!forked.has(tag)) continue;
    const own = [...accepted.values()].filter((entry) => encodeHex(entry.deviceTag) === tag);
    const twice = [...Map.groupBy(own, ({ seq }) => seq).values()].find((same) => same.length > 1);
    const entries = await device.readEntries((twice ?? []).slice(0, 2).map(({ hash }) => hash));
    if (entries.length === 2) pairs.push(entries.map(({ bytes }) => claim(author, bytes, null)));
  }
  return pairs;
}

const claim = (author: LogMember, entry: Uint8Array, cursor: number | null): Claim => ({
  cursor,
  author: author.member.identity.entryPublicKey,
  entry,
});

const encodeClaims = (claims: readonly Claim[]): CborValue =>
  claims.map(({ cursor, author, entry }) => [cursor, author, entry]);

/** A statement about no relay in particular. */
function stateOf(device: Device, kind: EvidenceKind, claims: readonly Claim[]): CborValue {
  return sign(device, [
    EVIDENCE_VERSION,
    kind,
    device.deps.clock.now(),
    "",
    new Uint8Array(INSTANCE_ID_BYTES),
    device.context.epoch.logId,
    0,
    0,
    encodeClaims(claims),
  ]);
}

function sign({ context }: Device, statement: CborValue): CborValue {
  const { signer } = context.self;
  return [statement, signer.publicKey, signOperands(signer, LABELS.evidenceSignature, statement)];
}
