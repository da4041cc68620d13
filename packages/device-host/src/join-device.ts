/**
 * The new device's side of a pairing, carried out: meets the existing device through the door that the person chose, shows code and vault
 * through `tell`, fetches the snapshot, and leaves a whole vault behind or none.
 */
import { makeNewcomer, openWelcome } from "@latchkey/core/device/join-vault";
import { deriveMetadataKeys, deriveSigningKeys } from "@latchkey/core/membership/device";
import { signOperands } from "@latchkey/core/crypto/signature";
import { isVaultError, VaultError } from "@latchkey/core/errors";
import { joinThrough, type JoinerEffect } from "@latchkey/core/pairing/joiner";
import { formatCode } from "@latchkey/core/pairing/code-text";
import type { PairingCode } from "@latchkey/core/pairing/pairing-messages";
import type { DeviceDeps } from "@latchkey/core/device/device";
import type { KeyProtector } from "@latchkey/core/ports";
import type { DeviceStore } from "@latchkey/core/storage/device-store";
import type { RoomId } from "@latchkey/core/relay-protocol";
import { fetchSnapshot } from "./relay-client/fetch-snapshot.ts";
import { type JoinDoor, openJoinDoor } from "./join-doors.ts";
import { reachMailbox } from "./relay-client/reach-mailbox.ts";
import type { JsonObject } from "./json.ts";

const TICK_MS = 1_000;
/** How long the relays may take to have the snapshot of the device that invites. */
const SNAPSHOT_MS = 60_000;
/** Codes that this device shows after the first, before somebody must begin again. */
const MAX_RENEWALS = 5;

export interface InvitedPlan {
  readonly deps: Omit<DeviceDeps, "store">;
  /** Whether there is a vault already where the new one would be. */
  readonly hasVault: boolean;
  /** Lets `fill` write the new vault into an empty store, which stays if it succeeds and is gone if not. */
  readonly makeStore: (fill: (store: DeviceStore) => Promise<void>) => Promise<void>;
  readonly door: JoinDoor;
  readonly name: string;
  readonly platform: string;
  readonly protector: KeyProtector;
  readonly tell: (event: JsonObject) => void;
  readonly signal: AbortSignal;
}

/** Joins. Throws `LK-PAIR-…`, `LK-RELAY-…` or `LK-EPOCH-…`; then there is no vault. */
export async function joinByInvitation(plan: InvitedPlan): Promise<void> {
  // A code that this device shows grows old like any other, and is followed by the next.
  for (let shown = 1; ; shown++) {
    let isSeen = plan.door.kind !== "request";
    const tell = (event: JsonObject): void => {
      isSeen ||= event["event"] === "code";
      plan.tell(event);
    };
    try {
      return await joinOnce({ ...plan, tell });
    } catch (error) {
      if (isSeen || shown > MAX_RENEWALS || !isVaultError(error, "LK-PAIR-EXPIRED")) throw error;
    }
  }
}

async function joinOnce(plan: InvitedPlan): Promise<void> {
  const { random, clock, crypto } = plan.deps;
  const now = (): number => clock.now();
  const newcomer = makeNewcomer(random);
  const { door, relays, meeting } = await openJoinDoor(plan.door);
  const joiner = joinThrough(door, {
    random,
    candidate: { identity: newcomer.identity, name: plan.name, platform: plan.platform },
    signEntry: signOperands.bind(null, deriveMetadataKeys(newcomer.metadata).entry),
    signAuthority: signOperands.bind(null, deriveSigningKeys(newcomer.signing).authority),
    hasVault: plan.hasVault,
  });
  const done = Promise.withResolvers<void>();
  done.promise.catch(() => {});
  const begun = joiner.begin(now());
  const opened = begun.find((effect) => effect.kind === "open-mailbox");
  const at = opened?.mailboxId ?? meeting;
  if (at === null) throw new TypeError("a door leads to a mailbox");
  const reached = await reachMailbox({
    origins: relays.map(({ origin }) => origin),
    at,
    role: opened === undefined ? "claim" : { open: { ttlSeconds: opened.ttlSeconds } },
    random,
    signal: plan.signal,
  }).catch((error: unknown) => {
    joiner.cancel();
    throw error;
  });

  function perform(effects: readonly JoinerEffect[]): void {
    for (const effect of effects) {
      switch (effect.kind) {
        case "send":
          reached.mailbox.send(effect.message);
          break;
        case "show-request":
          plan.tell({ event: "request", text: effect.text });
          break;
        case "open-mailbox":
          break;
        case "show-code":
          plan.tell({ event: "code", code: formatCode(effect.code), vault: effect.fingerprintWords });
          break;
        case "open-welcome":
          void takeOver(effect.content);
          break;
        case "closed":
          if (effect.code === null) done.resolve();
          else done.reject(new VaultError(effect.code, "pairing ended"));
          break;
      }
    }
  }

  async function takeOver(content: Uint8Array): Promise<void> {
    try {
      const joining = openWelcome(newcomer, content, { crypto });
      plan.tell({ event: "copying" });
      const { logId, auth, authorityPublicKey, snapshotHash } = joining.room;
      const room = { id: logId as RoomId, auth, authorityPublicKey };
      const signal = AbortSignal.any([plan.signal, AbortSignal.timeout(SNAPSHOT_MS)]);
      const snapshot = await fetchSnapshot(relays, room, snapshotHash, { random, signal });
      await plan.makeStore((store) =>
        joining.finish({ ...plan.deps, store }, plan.protector, snapshot, relays),
      );
      perform(joiner.accept());
    } catch (error) {
      done.reject(error);
      perform(joiner.refuse(refusalCode(error)));
    }
  }

  const timer = setInterval(() => perform(joiner.tick(now())), TICK_MS);
  const abort = (): void => {
    done.reject(plan.signal.reason as Error);
    perform(joiner.cancel());
  };
  plan.signal.addEventListener("abort", abort, { once: true });
  try {
    perform(begun);
    reached.listen({
      message: (body) => perform(joiner.receive(body, now())),
      lost: (reason) => perform(joiner.loseMailbox(reason === "unreachable" ? "gone" : reason)),
    });
    await done.promise;
  } finally {
    clearInterval(timer);
    plan.signal.removeEventListener("abort", abort);
    reached.mailbox.close(opened !== undefined);
  }
}

/** What the other device is told: the reason if it is one of pairing, else that it was called off. */
function refusalCode(error: unknown): PairingCode {
  return isVaultError(error) && error.code.startsWith("LK-PAIR-")
    ? (error.code as PairingCode)
    : "LK-PAIR-CHANGED";
}
