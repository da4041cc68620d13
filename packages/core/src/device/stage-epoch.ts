/**
 * Making the next epoch: to remove a device, to purge passkeys, or because it is time. Needs the signing tier, and the old log pulled to
 * its head in the same session, which is the host's to see to.
 *
 * Staged first: the new room and its snapshot have to be at a relay before anybody is told of them. Then published: the record as this
 * device's last entry in the old log and its own move are one transaction (sync-protocol.md § 6). What others write in between is not in
 * the new document, and is issued again by them.
 */
import { compareBytes, equalBytes } from "../bytes/equal.ts";
import { encodeHex } from "../bytes/text.ts";
import { wipe } from "../crypto/wipe.ts";
import { VaultError } from "../errors.ts";
import { deriveSigningKeys } from "../membership/device.ts";
import { type EpochReason, readEpochClaim } from "../membership/epoch-record.ts";
import { type MadeEpoch, makeEpoch, type NextMember } from "../membership/make-epoch.ts";
import { PAGE_SENIORITY } from "../membership/page.ts";
import type { LogMember, SeenEpoch } from "../sync/replica-state.ts";
import { passkeyId, type PasskeyId } from "../vault/schema.ts";
import { makeContent, listApplied } from "./epoch-content.ts";
import type { Device } from "./device.ts";
import { listDuties } from "./duties.ts";
import { checkOffProbation } from "./check-probation.ts";
import { judgeStanding } from "./standing.ts";
import { rootOf, type SigningTier } from "./tiers.ts";

export interface NextEpochPlan {
  /** A recovery page's is "recovery", and nobody else's. */
  readonly reason: Exclude<EpochReason, "founded">;
  /** Entry public keys of the devices to put out. */
  readonly removed: readonly Uint8Array[];
  /** Credential ids of passkeys to erase for good. */
  readonly purged: readonly Uint8Array[];
}

/** An epoch that nobody has been told of yet. */
export interface StagedEpoch {
  readonly made: MadeEpoch;
  readonly epoch: SeenEpoch;
  /** The signing roots that this device has, the new one too. */
  readonly signingRoots: SigningTier["roots"];
}

/**
 * With what losing records left to do (`duties.ts`). Throws `LK-VAULT-NOT-FOUND` for a device or passkey that is not here, `LK-EPOCH-REMOVED`
 * when this device is no member, `LK-EPOCH-PROBATION` while it is on probation, `LK-VAULT-NEWER` for a document of a newer version, `LK-VAULT-DAMAGED` when something is missing that others
 * would miss then, `LK-VAULT-LIMIT`.
 */
export async function stageEpoch(
  device: Device,
  signing: SigningTier,
  plan: NextEpochPlan,
): Promise<StagedEpoch> {
  const { context, deps, epoch, state } = device;
  const self = device.self;
  if (self === null) throw new VaultError("LK-EPOCH-REMOVED", "this device is no member of the vault");
  checkStanding(device);
  checkOffProbation(device);
  if (self.member.page !== (plan.reason === "recovery"))
    throw new VaultError("LK-ENTRY-FORBIDDEN", `a record for ${plan.reason} is not this member's to make`);
  state.document.checkWritable();
  const duties = listDuties(device);
  const removed = joinKeys(plan.removed, duties.removed).map((key) => findDevice(device, key, self));
  const purgedIds = joinKeys(plan.purged, duties.purged);
  const purged = purgedIds.map((id) => findPasskey(device, id));
  // What comes from here on is in neither covers nor document: its author issues it again.
  const applied = await listApplied(device, state);
  const signingRoot = rootOf(signing, context.epoch.logId);
  const maker = { entry: context.self.signer, authority: deriveSigningKeys(signing).authority };
  const members = listNextMembers(device, removed);
  const made = makeEpoch(
    {
      number: epoch.record.number + 1,
      parent: epoch.hash,
      reason: plan.reason,
      purged: purgedIds,
      members: () => members,
      removed: removed.map(({ hash }) => hash),
      covers: [...state.tips.values()].sort((a, b) => compareBytes(a.deviceTag, b.deviceTag)),
      content: makeContent(device, state, { purged, applied, signingRoot }),
    },
    maker,
    deps,
  );
  wipe(made.signingKeys.secretKey, made.signingKeys.roomAuthority.secretKey, maker.authority.secretKey);
  const { hash, record } = readEpochClaim(made.payload);
  return {
    made,
    epoch: { hash, record, payload: made.payload, makerRecord: self.hash },
    signingRoots: [...signing.roots, { logId: made.logId, root: made.roots.signing }],
  };
}

/** Whoever knows of an epoch that counts more does not make a rival of it: it follows, or waits to be let in. */
function checkStanding(device: Device): void {
  const { is } = judgeStanding(device);
  if (is === "removed") throw new VaultError("LK-EPOCH-REMOVED", "this device was put out of the vault");
  if (is !== "member") throw new VaultError("LK-EPOCH-CONTACT", `this device is ${is}: another epoch counts`);
}

const joinKeys = (a: readonly Uint8Array[], b: readonly Uint8Array[]): Uint8Array[] => [
  ...new Map([...a, ...b].map((key) => [encodeHex(key), key])).values(),
];

function findDevice(device: Device, entryPublicKey: Uint8Array, self: LogMember): LogMember {
  const found = [...device.state.members.values()].find(({ member }) =>
    equalBytes(member.identity.entryPublicKey, entryPublicKey),
  );
  if (found === undefined) throw new VaultError("LK-VAULT-NOT-FOUND", "device is not in this vault");
  if (found.hash === self.hash)
    throw new VaultError("LK-ENTRY-FORBIDDEN", "a device cannot remove itself: another one does");
  return found;
}

function findPasskey(device: Device, credentialId: Uint8Array): PasskeyId {
  const id = passkeyId(credentialId);
  if (device.state.document.get(id) === null)
    throw new VaultError("LK-VAULT-NOT-FOUND", "passkey is not in this vault");
  return id;
}

/** Those named in the present record keep their seniority; who came in since follows, in the order of day and hash. A page has none. */
function listNextMembers({ epoch, state }: Device, removed: readonly LogMember[]): NextMember[] {
  const named = epoch.record.members;
  const seniorityOf = (hash: Uint8Array): number | null =>
    named.find(({ record }) => equalBytes(record, hash))?.seniority ?? null;
  const taken = named.map(({ seniority }) => seniority).filter((seniority) => seniority < PAGE_SENIORITY);
  let next = Math.max(-1, ...taken) + 1;
  return [...state.members.values()]
    .filter((member) => !removed.includes(member))
    .map((record) => ({ record, seniority: seniorityOf(record.hash) }))
    .sort(
      (a, b) =>
        order(a) - order(b) ||
        a.record.member.day - b.record.member.day ||
        compareBytes(a.record.hash, b.record.hash),
    )
    .map(({ record, seniority }) => ({
      record,
      seniority: record.member.page ? PAGE_SENIORITY : (seniority ?? next++),
      probation: record.onProbation,
    }));
}

const order = ({ seniority }: { readonly seniority: number | null }): number =>
  seniority ?? Number.MAX_SAFE_INTEGER;
