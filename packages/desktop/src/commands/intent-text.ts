/** The words for what waits for contact. */
import type { JsonObject } from "../terminal/json.ts";
import { textOf } from "./facts.ts";

/** As the host describes it (`device-host/describe-intents.ts`). */
export interface IntentData {
  readonly id: string;
  readonly kind: "removal" | "purge" | "rotation";
  readonly since: string;
  readonly device?: string | null;
  readonly site?: string | null;
  readonly user?: string | null;
}

export const readIntents = (data: JsonObject): readonly IntentData[] =>
  data["intents"] as unknown as readonly IntentData[];

export function describeIntent({ kind, device, site, user }: IntentData): string {
  if (kind === "rotation") return "change the vault's keys";
  if (kind === "removal") return `remove ${textOf(device ?? "a device that is gone")}`;
  return `erase ${textOf(site ?? "a passkey")}${user == null ? "" : `/${textOf(user)}`}`;
}

/** When a command could not do it now. */
export const LATER =
  "no mailbox can be reached: it is kept, and happens at the next contact as soon as you give your passphrase for anything; " +
  "latchkey intent list shows it";
