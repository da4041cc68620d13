/** The state of sync in words (experience.md § 7, U6): the worst that a person should know of comes before the rest. */
import type { VaultModel } from "../model/vault-model.ts";
import type { MailboxView } from "../model/vault-view.ts";
import type { IconName } from "../parts/icon.tsx";
import type { Words } from "../words/words.ts";

export interface SyncState {
  /** Offline is a normal state: `calm`, never `alarm`. */
  readonly tone: "calm" | "good" | "alarm";
  readonly icon: IconName;
  readonly short: string;
}

export function describeSync(model: VaultModel, { sync }: Words): SyncState {
  const mailboxes = model.mailboxes.value;
  if (model.devices.value.some(({ livesTwice }) => livesTwice))
    return { tone: "alarm", icon: "warning", short: sync.twice };
  if (mailboxes.length === 0) return { tone: "good", icon: "check", short: sync.local };
  if (mailboxes.some(({ healed, state }) => healed > 0 && state === "joined"))
    return { tone: "calm", icon: "sync", short: sync.healing };
  if (mailboxes.some(({ state }) => state === "settled")) {
    // Never "synced" without whom.
    const late = model.devices.value.find(({ waitingForIt }) => waitingForIt > 0);
    return late === undefined
      ? { tone: "good", icon: "check", short: sync.upToDate(model.devices.value.length) }
      : { tone: "calm", icon: "sync", short: sync.waitingFor(late.name) };
  }
  if (mailboxes.some(({ state }) => state === "joined"))
    return { tone: "calm", icon: "sync", short: sync.sending };
  if (mailboxes.some(({ state }) => state === "connecting"))
    return { tone: "calm", icon: "sync", short: sync.connecting };
  return { tone: "calm", icon: "offline", short: sync.offline };
}

export function describeMailbox({ state, healed }: MailboxView, { sync }: Words): string {
  if (state === "offline") return sync.unreachable;
  if (state === "idle") return sync.idle;
  if (state === "connecting") return sync.connecting;
  if (healed > 0 && state === "joined") return sync.healing;
  return state === "settled" ? sync.settled : sync.sending;
}
