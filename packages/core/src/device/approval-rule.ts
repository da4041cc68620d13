/**
 * How a new device gets the signing root: at once, after some minutes, or when a second device agrees. A setting of the vault, so that every device
 * keeps it.
 *
 *   setting  approval = [1, mode, minutes, wish]      mode 0 at once, 1 after minutes, 2 second device; wish = [mode, minutes, entry public key(32)] or null
 *
 * Away from "second device" one device alone does not lead: it leaves its wish, and another one that wishes the same makes it so. What cannot be
 * read counts as the strictest. Whoever has only a metadata tier could write the setting, as it can edit a title, and let nobody in by that.
 */
import { equalBytes } from "../bytes/equal.ts";
import { type CborValue, encodeCbor } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import { SIGNING_PUBLIC_KEY_BYTES } from "../crypto/signature.ts";
import { isVaultError, VaultError } from "../errors.ts";
import { WITHOUT_END } from "../membership/member-record.ts";
import type { VaultDocument } from "../vault/document.ts";
import type { Device } from "./device.ts";
import { checkOffProbation } from "./check-probation.ts";

export const APPROVAL_MODES = ["at-once", "probation", "second-device"] as const;
export type ApprovalMode = (typeof APPROVAL_MODES)[number];

export interface ApprovalRule {
  readonly mode: ApprovalMode;
  /** Of probation; 0 in the other modes. */
  readonly minutes: number;
}

export interface ApprovalSetting extends ApprovalRule {
  /** What one device wants instead; in force when another one wants the same. */
  readonly wish: (ApprovalRule & { readonly by: Uint8Array }) | null;
}

const VERSION = 1;
const NAME = "approval";
export const PROBATION_MINUTES = 10;
/** A week: longer is what a second device is for. */
export const MAX_PROBATION_MINUTES = 10_080;
const AT_ONCE: ApprovalSetting = { mode: "at-once", minutes: 0, wish: null };
const STRICTEST: ApprovalSetting = { mode: "second-device", minutes: 0, wish: null };
const PROBATION: ApprovalRule = { mode: "probation", minutes: PROBATION_MINUTES };

export function readApprovalSetting(document: VaultDocument): ApprovalSetting {
  const value = document.settings().get(NAME);
  if (value === undefined) return AT_ONCE;
  if (!(value instanceof Uint8Array)) return STRICTEST;
  try {
    return readStructure("LK-VAULT-DAMAGED", value, (item) => {
      const fields = new Fields(item, "approval setting", 4);
      if (fields.uint("version") !== VERSION) return STRICTEST;
      const rule = readRule(fields);
      const wish = fields.optional((f) => {
        const wished = new Fields(f.value(), "wish", 3);
        return { ...readRule(wished), by: wished.bytes("by", SIGNING_PUBLIC_KEY_BYTES) };
      });
      return { ...rule, wish };
    });
  } catch (error) {
    if (isVaultError(error, "LK-VAULT-DAMAGED")) return STRICTEST;
    throw error;
  }
}

function readRule(fields: Fields): ApprovalRule {
  const mode = APPROVAL_MODES[fields.uint("mode", APPROVAL_MODES.length - 1)] as ApprovalMode;
  return { mode, minutes: fields.uint("minutes", MAX_PROBATION_MINUTES) };
}

const encodeRule = ({ mode, minutes }: ApprovalRule): CborValue[] => [APPROVAL_MODES.indexOf(mode), minutes];

/**
 * Until when a device that is let in now is on probation: `null` for not at all, else as in its member record. `isReverse`: the new device
 * showed the code and this one scanned it; then there is no letting in at once. `needsSecond`: the setting counts as "second device".
 */
export function chooseProbation(device: Device, isReverse: boolean, needsSecond = false): number | null {
  const { mode, minutes } = chooseRule(device, isReverse, needsSecond);
  if (mode === "at-once") return null;
  return mode === "second-device" ? WITHOUT_END : device.deps.clock.now() + minutes * 60_000;
}

function chooseRule(device: Device, isReverse: boolean, needsSecond: boolean): ApprovalRule {
  const rule = needsSecond ? STRICTEST : readApprovalSetting(device.state.document);
  // Where there is no second device nobody could ever agree.
  if (rule.mode === "second-device" && countApprovers(device) < 2) return PROBATION;
  return rule.mode === "at-once" && isReverse ? PROBATION : rule;
}

/** Devices that could agree: a recovery page says nothing of the kind. */
const countApprovers = ({ state }: Device): number =>
  [...state.members.values()].filter(({ onProbation, member }) => !onProbation && !member.page).length;

/**
 * Callers hold a user verification. Resolves with what the setting is then: its `wish` stays until another device wants the same. Throws
 * `LK-EPOCH-SECOND-DEVICE` where there is none, `LK-EPOCH-PROBATION`, `LK-VAULT-LIMIT` for minutes that are out of bounds.
 */
export async function setApprovalRule(device: Device, wanted: ApprovalRule): Promise<ApprovalSetting> {
  checkOffProbation(device);
  if (wanted.mode === "probation" && (wanted.minutes < 1 || wanted.minutes > MAX_PROBATION_MINUTES))
    throw new VaultError(
      "LK-VAULT-LIMIT",
      `probation of ${wanted.minutes} minutes, 1 to ${MAX_PROBATION_MINUTES}`,
    );
  if (wanted.mode === "second-device" && countApprovers(device) < 2)
    throw new VaultError("LK-EPOCH-SECOND-DEVICE", "vault has one device that could agree, two are needed");
  const by = device.context.self.signer.publicKey;
  await device.act(({ document }) => {
    const present = readApprovalSetting(document);
    if (isSame(present, wanted) && present.wish === null) return [];
    const isAgreed =
      present.wish !== null && isSame(present.wish, wanted) && !equalBytes(present.wish.by, by);
    const isFree = present.mode !== "second-device" || isAgreed || countApprovers(device) < 2;
    const next =
      isFree || isSame(present, wanted)
        ? [VERSION, ...encodeRule(wanted), null]
        : [VERSION, ...encodeRule(present), [...encodeRule(wanted), by]];
    return [{ type: "put-setting", name: NAME, value: encodeCbor(next) }];
  });
  return readApprovalSetting(device.state.document);
}

const isSame = (a: ApprovalRule, b: ApprovalRule): boolean => a.mode === b.mode && a.minutes === b.minutes;
