/** The words for how new devices are let in. */
import type { JsonObject } from "../terminal/json.ts";
import { countOf, renderFacts, textOf } from "./facts.ts";

/** As the host describes it (`host/describe-approval.ts`). */
export interface ApprovalData {
  readonly mode: string;
  readonly minutes: number;
  readonly wish: { readonly mode: string; readonly minutes: number; readonly by: string | null } | null;
}

export const readApproval = (data: JsonObject): ApprovalData => data["approval"] as unknown as ApprovalData;

export function describeRule({ mode, minutes }: Pick<ApprovalData, "mode" | "minutes">): string {
  if (mode === "at-once") return "they sign at once";
  if (mode === "second-device") return "they sign when a second device agrees";
  return `they sign after ${countOf(minutes, "minute")}, or when a device agrees`;
}

export const renderSettings = (approval: ApprovalData): string =>
  renderFacts([
    ["new devices", describeRule(approval)],
    ["asked for", approval.wish === null ? null : describeWish(approval.wish)],
  ]);

export const describeWish = (wish: NonNullable<ApprovalData["wish"]>): string =>
  `${describeRule(wish)} (${textOf(wish.by ?? "a device that is gone")}; give the same command on another device)`;
