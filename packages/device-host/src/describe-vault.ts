/** The vault as data for any front end: what `--json` prints, and what text is made from. Never a private key. */
import { encodeBase64url, encodeHex } from "@latchkey/core/bytes/text";
import type { Device } from "@latchkey/core/device/device";
import { listDeviceNames, readDeviceName } from "@latchkey/core/device/device-names";
import { listLostDevices, rotatedRegister } from "@latchkey/core/device/lost-devices";
import { listGaps } from "@latchkey/core/sync/replica-state";
import type { Passkey } from "@latchkey/core/vault/credentials";
import { deriveFingerprint } from "@latchkey/core/vault/fingerprint";
import { judgeStanding } from "@latchkey/core/device/standing";
import { describeApproval, describeProbation } from "./describe-approval.ts";
import { describeIntents } from "./describe-intents.ts";
import { isFirstDocumentActor } from "@latchkey/core/vault/first-document-actor";
import { type ActorId, devicePrefixOf } from "@latchkey/core/vault/operation-id";
import type { RegisterValue } from "@latchkey/core/vault/schema";
import type { JsonObject, JsonValue } from "./json.ts";

const DAY_MS = 86_400_000;
/** Hex digits of a device's id that are shown: 32 devices do not collide in 32 bits. */
const DEVICE_ID_DIGITS = 8;

const dayText = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

function valueText(value: RegisterValue): JsonValue {
  return value instanceof Uint8Array ? encodeBase64url(value) : value;
}

/** Names the device that made a write, from the actor under which it did. */
export function createDeviceNamer(device: Device): (actor: ActorId) => string {
  const names = listDeviceNames(device);
  return (actor) => {
    // The document of a new epoch holds what there was, and not who wrote it.
    if (isFirstDocumentActor(actor)) return "before the keys were changed";
    return names.get(devicePrefixOf(actor)) ?? "a device that is gone";
  };
}

/** Fields that two devices set differently: the value that is shown, and those that lost. */
export function describeConflicts(passkey: Passkey, nameOf: (actor: ActorId) => string): JsonObject[] {
  const fields = new Map<string, { kept: JsonObject; offered: JsonObject[] }>();
  for (const { register, value, by, kept, keptBy } of passkey.offered) {
    const field = fields.get(register) ?? {
      kept: { value: valueText(kept), by: nameOf(keptBy) },
      offered: [],
    };
    field.offered.push({ value: valueText(value), by: nameOf(by) });
    fields.set(register, field);
  }
  return [...fields].map(([field, { kept, offered }]) => ({ field, kept, offered }));
}

export function describePasskey(passkey: Passkey, nameOf: (actor: ActorId) => string): JsonObject {
  const { record, deletion } = passkey;
  return {
    id: passkey.id,
    site: record?.rpId ?? null,
    user: passkey.userName,
    displayName: passkey.userDisplayName,
    title: passkey.title,
    note: passkey.note,
    tags: passkey.tags,
    favourite: passkey.favourite,
    archived: passkey.archived,
    state: passkey.state,
    createdAt: record === null ? null : new Date(record.createdAt).toISOString(),
    algorithm: record?.algorithm ?? null,
    discoverable: record?.discoverable ?? null,
    backupEligible: record?.backupEligible ?? null,
    backedUp: record?.backedUp ?? null,
    deletedOn: deletion === null ? null : dayText(deletion.day),
    replacedBy: deletion?.replacedBy == null ? null : encodeBase64url(deletion.replacedBy),
    editedAfterDeletion: (deletion?.editedAfter ?? []).map(({ register, value, by }) => ({
      field: register,
      value: valueText(value),
      by: nameOf(by),
    })),
    conflicts: describeConflicts(passkey, nameOf),
  };
}

export function describeDevices(device: Device): JsonObject[] {
  const members = [...device.state.members.values()];
  return members
    .filter(({ member }) => !member.page)
    .map((each) => {
      const { deviceTag, member } = each;
      const tag = encodeHex(deviceTag);
      const sponsor = members.find(
        (other) => encodeHex(other.member.identity.entryPublicKey) === encodeHex(member.sponsor),
      );
      return {
        id: tag.slice(0, DEVICE_ID_DIGITS),
        name: readDeviceName(device.state.document, member),
        platform: member.platform,
        thisDevice: device.self?.deviceTag !== undefined && encodeHex(device.self.deviceTag) === tag,
        addedOn: dayText(member.day),
        addedBy: sponsor === undefined ? null : readDeviceName(device.state.document, sponsor.member),
        entries: device.state.tips.get(tag)?.seq ?? 0,
        livesTwice: device.state.forked.has(tag),
        probation: describeProbation(each),
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Devices that are lost, and how many of the passkeys that each may hold are still to be replaced. */
function describeLost({ state: { document } }: Device): JsonObject[] {
  return listLostDevices(document).map(({ half, name, since }) => {
    const open = document
      .list()
      .filter(
        ({ id, record, state }) =>
          state === "live" &&
          record.createdAt <= since &&
          document.valuesOf(id, rotatedRegister(half)).at(-1) !== true,
      );
    return { id: half, name, open: open.length };
  });
}

/** What `status` says of an open vault, apart from its relays. */
export async function describeOpenVault(device: Device): Promise<JsonObject> {
  const { state } = device;
  const passkeys = state.document.list();
  const held = [...state.held.values()];
  const count = (wanted: (passkey: Passkey) => boolean): number => passkeys.filter(wanted).length;
  return {
    device: device.self === null ? null : readDeviceName(state.document, device.self.member),
    fingerprint: (await deriveFingerprint(device.context.epoch.logId, state.document.heads())).join(" "),
    devices: [...state.members.values()].filter(({ member }) => !member.page).length,
    standing: judgeStanding(device).is,
    probation: describeProbation(device.self),
    approval: describeApproval(device),
    lost: describeLost(device),
    intents: await describeIntents(device),
    epoch: device.epoch.record.number,
    passkeys: count(({ state: shown }) => shown === "live"),
    inTrash: count(({ state: shown }) => shown === "deleted"),
    needAttention: count(({ state: shown }) => shown === "needs-attention"),
    conflicts: count(({ offered }) => offered.length > 0),
    entries: state.accepted.size,
    waiting: held.filter(({ reason }) => "waitsFor" in reason).length,
    refused: held.filter(({ reason }) => "refused" in reason).length,
    missing: listGaps(state).length,
    devicesThatLiveTwice: state.forked.size,
    damagedEntries: device.problems.entries,
    snapshotDamaged: device.problems.snapshot,
  };
}
