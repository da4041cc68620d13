/**
 * The existing device's side of a pairing, carried out: mailboxes on the vault's relays, what is shown and asked through the channel, the
 * ceremony itself in `core/pairing/inviter.ts`, through the door that the person chose. Begins and ends with a user verification.
 */
import { encodeHex } from "@latchkey/core/bytes/text";
import { admitDevice } from "@latchkey/core/device/admit-device";
import { wipeTier } from "@latchkey/core/device/tiers";
import { VaultError } from "@latchkey/core/errors";
import type { InviterEffect } from "@latchkey/core/pairing/inviter";
import { findMember, type LogMember } from "@latchkey/core/sync/replica-state";
import type { MailboxId, RelayAddress } from "@latchkey/core/relay-protocol";
import { deriveFingerprint } from "@latchkey/core/vault/fingerprint";
import { type InviteDoor, openInviteDoor } from "./invite-doors.ts";
import { type Mailbox, openMailbox } from "./relay-client/mailbox-client.ts";
import type { JsonObject } from "./json.ts";
import type { Channel } from "./channel.ts";
import { describeProbation } from "./describe-approval.ts";
import type { AskForKey } from "./unlock.ts";
import type { DeviceHost } from "./device-host.ts";

const TICK_MS = 1_000;
/** In an invitation (docs/protocol.md § 8). */
const MAX_RELAYS = 4;

/**
 * Runs one pairing to its end, at the vault's relays and those `nearby` on this network; `needsSecond` as in `admitDevice`. Throws `LK-SYNC-NO-RELAY`, `LK-RELAY-UNREACHABLE`
 * or the `LK-PAIR-…` that ended it.
 */
export async function inviteDevice(
  host: DeviceHost,
  askForKey: AskForKey,
  channel: Channel,
  door: InviteDoor,
  nearby: readonly RelayAddress[] = [],
  needsSecond = false,
): Promise<JsonObject> {
  wipeTier(await host.openSigning(askForKey, "add a device"));
  const device = await host.device();
  const { random, clock } = host.deps;
  // The room is there already: a newcomer needs no token, and a picture is read the easier the less is in it.
  const relays = [...device.relays(), ...nearby.map(({ origin }) => ({ origin, token: null }))].slice(
    0,
    MAX_RELAYS,
  );
  if (relays.length === 0)
    throw new VaultError("LK-SYNC-NO-RELAY", "vault has no relay to meet a new device at");
  const words = await deriveFingerprint(device.context.epoch.logId, device.state.document.heads());
  const { inviter, met } = await openInviteDoor(door, {
    random,
    relays,
    fingerprintWords: words.join(" "),
    tell: (event) => channel.tell(event),
    signal: channel.signal,
  });
  const mailboxes = new Map<string, { readonly all: Mailbox[]; active: Mailbox | null; lost: number }>();
  const done = Promise.withResolvers<JsonObject>();
  let pendingText: string | null = null;
  let candidateName = "";
  let admitted: LogMember | null = null;
  let isExtended = false;
  let isLastShown = false;

  /** The mailbox stands on some relay: now the code may be shown, and until when. */
  function showPending(): void {
    if (pendingText === null) return;
    channel.tell({ event: "invitation", text: pendingText });
    pendingText = null;
    tellEnd();
  }

  function openAll(mailboxId: MailboxId, ttlSeconds: number): void {
    const entry = { all: [] as Mailbox[], active: null as Mailbox | null, lost: 0 };
    mailboxes.set(encodeHex(mailboxId), entry);
    for (const relay of relays) {
      const mailbox: Mailbox = openMailbox(relay.origin, mailboxId, { open: { ttlSeconds } }, random, {
        ready: showPending,
        message(body) {
          entry.active = mailbox;
          perform(inviter.receive(mailboxId, body, clock.now()));
        },
        lost(reason) {
          entry.lost++;
          if (reason === "crowded") perform(inviter.loseMailbox(mailboxId, reason, clock.now()));
          else if (entry.lost < relays.length) return;
          else if (reason === "gone") perform(inviter.loseMailbox(mailboxId, reason, clock.now()));
          else fail(new VaultError("LK-RELAY-UNREACHABLE", "no relay of this vault can be reached"));
        },
      });
      entry.all.push(mailbox);
    }
  }

  /** The mailbox at which the door was opened; it was reached, so its relay is there. */
  function listenTo({ mailboxId, reached }: NonNullable<typeof met>): void {
    mailboxes.set(encodeHex(mailboxId), { all: [reached.mailbox], active: reached.mailbox, lost: 0 });
    reached.listen({
      message: (body) => perform(inviter.receive(mailboxId, body, clock.now())),
      lost: (reason) =>
        perform(inviter.loseMailbox(mailboxId, reason === "unreachable" ? "gone" : reason, clock.now())),
    });
  }

  function fail(error: unknown): void {
    done.reject(error);
    perform(inviter.cancel());
  }

  function perform(effects: readonly InviterEffect[]): void {
    for (const effect of effects) {
      switch (effect.kind) {
        case "open-mailbox":
          openAll(effect.mailboxId, effect.ttlSeconds);
          break;
        case "close-mailbox": {
          const key = encodeHex(effect.mailboxId);
          for (const mailbox of mailboxes.get(key)?.all ?? []) mailbox.close(true);
          mailboxes.delete(key);
          break;
        }
        case "send":
          mailboxes.get(encodeHex(effect.mailboxId))?.active?.send(effect.message);
          break;
        case "show-invitation":
          pendingText = effect.text;
          break;
        case "ask-renewal":
          isLastShown = true;
          channel.tell({ event: "last-invitation" });
          break;
        case "claimed":
          channel.tell({ event: "claimed" });
          break;
        case "ask-code":
          candidateName = effect.candidate.name;
          channel.tell({ event: "candidate", name: candidateName, platform: effect.candidate.platform });
          void askCode();
          break;
        case "refuse-code":
          channel.tell({ event: "code-refused", code: effect.code, triesLeft: effect.triesLeft });
          void askCode();
          break;
        case "approved":
          void admit(effect.candidate).catch(fail);
          break;
        case "closed":
          if (effect.code !== null) done.reject(new VaultError(effect.code, "pairing ended"));
          else done.resolve({ name: candidateName, probation: describeProbation(admitted) });
          break;
      }
    }
  }

  async function askCode(): Promise<void> {
    try {
      const purpose = `code shown on ${candidateName}`;
      perform(inviter.enterCode(await channel.ask({ kind: "code", purpose }), clock.now()));
    } catch (error) {
      fail(error);
    }
  }

  async function admit(candidate: Parameters<typeof admitDevice>[2]): Promise<void> {
    const signing = await host.openSigning(askForKey, `give ${candidate.name} a copy of the vault`);
    try {
      const isReverse = door.kind === "request";
      const welcome = await admitDevice(device, signing, candidate, { isReverse, needsSecond });
      host.notebook.note({ kind: "device-added", id: candidate.identity.entryPublicKey });
      admitted = findMember(device.state, candidate.identity.entryPublicKey);
      perform(inviter.welcome(welcome, clock.now()));
    } finally {
      wipeTier(signing);
    }
  }

  /** `isFinal`: more time was given once, and is not given again. */
  const tellEnd = (): void =>
    channel.tell({ event: "ends", at: new Date(inviter.endsAt()).toISOString(), isFinal: isExtended });

  /** The person is there: the round may last longer, once, and after the last invitation there is another. */
  function giveMore(): void {
    isExtended = true;
    perform(inviter.extend(clock.now()));
    if (isLastShown) perform(inviter.renew(clock.now()));
    isLastShown = false;
    tellEnd();
  }

  const timer = setInterval(() => perform(inviter.tick(clock.now())), TICK_MS);
  const abort = (): void => fail(channel.signal.reason);
  channel.signal.addEventListener("abort", abort, { once: true });
  channel.wishes?.addEventListener("more-time", giveMore);
  try {
    if (met !== null) listenTo(met);
    perform(inviter.begin(clock.now()));
    if (met !== null) tellEnd();
    return await done.promise;
  } finally {
    clearInterval(timer);
    channel.signal.removeEventListener("abort", abort);
    channel.wishes?.removeEventListener("more-time", giveMore);
    for (const { all } of mailboxes.values()) for (const mailbox of all) mailbox.close(true);
  }
}
