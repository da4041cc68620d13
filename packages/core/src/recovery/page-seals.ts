/**
 * The way into the vault for a page that is a member: the epoch's record, and the seals of its roots for the page. They stand in the record itself, or,
 * for a page that is younger than the epoch, in the `member` entry that let it in. A device reads them there; only the page opens them.
 */
import { equalBytes } from "../bytes/equal.ts";
import { encodeHex } from "../bytes/text.ts";
import { readValue } from "../cbor/fields.ts";
import type { Device } from "../device/device.ts";
import { readEpochRow } from "../device/epoch-row.ts";
import { encodeWelcome } from "../device/welcome.ts";
import { SealedEntry } from "../log/verify.ts";
import type { EpochSeal } from "../membership/epoch-record.ts";
import { decodeMemberEntry, verifyMemberRecord } from "../membership/member-record.ts";

/** The seals for the member with this record hash, or `null` while they are not here. */
export async function findPageSeals(device: Device, member: Uint8Array): Promise<EpochSeal | null> {
  const { epoch, state, context } = device;
  const named = epoch.record.seals.find((seal) => equalBytes(seal.member, member));
  if (named !== undefined) return named;
  const entries = [...state.accepted.values()].filter(({ kind }) => kind === "member");
  for (const { bytes } of await device.readEntries(entries.map(({ hash }) => hash))) {
    const sealed = SealedEntry.decode(bytes);
    const author = state.members.get(encodeHex(sealed.header.deviceTag));
    if (author === undefined) continue;
    const { payload } = sealed
      .verify(author.member.identity.entryPublicKey)
      .open(context.epoch.keys, context.epoch.hash);
    const entry = readValue("LK-EPOCH-MALFORMED", () => decodeMemberEntry(payload));
    const { hash } = verifyMemberRecord(entry.record, context.epoch.logId, author.member.identity);
    if (equalBytes(hash, member)) return { member, metadata: entry.metadataSeal, signing: entry.signingSeal };
  }
  return null;
}

/** From where the page begins, as of now; `null` while its seals are not here. */
export async function makePageWelcome(device: Device, member: Uint8Array): Promise<Uint8Array | null> {
  const seals = await findPageSeals(device, member);
  if (seals === null) return null;
  const { payload } = await readEpochRow(device.deps.store, device.context.rows);
  return encodeWelcome({
    epochPayload: payload,
    memberHash: member,
    metadataSeal: seals.metadata,
    signingSeal: seals.signing,
    seen: [...device.state.tips.values()],
  });
}
