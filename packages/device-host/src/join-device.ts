/**
 * The new device's side of a pairing, carried out: claims the invitation at the first relay that has it, shows code and vault through
 * `tell`, fetches the snapshot, and leaves a whole vault behind or none.
 */
import { makeNewcomer, openWelcome } from "@latchkey/core/device/join-vault";
import { deriveMetadataKeys, deriveSigningKeys } from "@latchkey/core/membership/device";
import { signOperands } from "@latchkey/core/crypto/signature";
import { isVaultError, VaultError } from "@latchkey/core/errors";
import { parseInvitation } from "@latchkey/core/pairing/invitation";
import { createJoiner, type JoinerEffect } from "@latchkey/core/pairing/joiner";
import { formatCode } from "@latchkey/core/pairing/code";
import type { PairingCode } from "@latchkey/core/pairing/pairing-messages";
import type { DeviceDeps } from "@latchkey/core/device/device";
import type { KeyProtector } from "@latchkey/core/ports";
import type { DeviceStore } from "@latchkey/core/storage/device-store";
import type { RoomId } from "@latchkey/core/relay-protocol";
import { fetchSnapshot } from "./relay-client/fetch-snapshot.ts";
import { type Mailbox, openMailbox } from "./relay-client/mailbox-client.ts";
import type { JsonObject } from "./json.ts";

const TICK_MS = 1_000;
/** How long the relays may take to have the snapshot of the device that invites. */
const SNAPSHOT_MS = 60_000;

export interface InvitedPlan {
  readonly deps: Omit<DeviceDeps, "store">;
  /** Whether there is a vault already where the new one would be. */
  readonly hasVault: boolean;
  /** Lets `fill` write the new vault into an empty store, which stays if it succeeds and is gone if not. */
  readonly makeStore: (fill: (store: DeviceStore) => Promise<void>) => Promise<void>;
  readonly invitation: string;
  readonly name: string;
  readonly platform: string;
  readonly protector: KeyProtector;
  readonly tell: (event: JsonObject) => void;
  readonly signal: AbortSignal;
}

/** Joins. Throws `LK-PAIR-…`, `LK-RELAY-…` or `LK-EPOCH-…`; then there is no vault. */
export async function joinByInvitation(plan: InvitedPlan): Promise<void> {
  const { random, clock, crypto } = plan.deps;
  const now = (): number => clock.now();
  const { invitation } = parseInvitation(plan.invitation.trim());
  const { relays, mailboxId } = invitation;
  const newcomer = makeNewcomer(random);
  const joiner = createJoiner({
    random,
    invitation,
    candidate: { identity: newcomer.identity, name: plan.name, platform: plan.platform },
    signEntry: signOperands.bind(null, deriveMetadataKeys(newcomer.metadata).entry),
    signAuthority: signOperands.bind(null, deriveSigningKeys(newcomer.signing).authority),
    hasVault: plan.hasVault,
  });
  const done = Promise.withResolvers<void>();
  let mailbox: Mailbox | null = null;

  /** Tries the relays in the invitation's order until one has the mailbox. */
  function claim(index: number): void {
    const relay = relays[index];
    if (relay === undefined) {
      done.reject(new VaultError("LK-RELAY-UNREACHABLE", "no relay of the invitation can be reached"));
      return;
    }
    mailbox = openMailbox(relay.origin, mailboxId, "claim", random, {
      ready: () => perform(joiner.begin(now())),
      message: (body) => perform(joiner.receive(body, now())),
      lost(reason) {
        if (reason === "unreachable" || (reason === "gone" && index + 1 < relays.length)) claim(index + 1);
        else endClaim(reason);
      },
    });
  }

  function endClaim(reason: "crowded" | "gone"): void {
    perform(joiner.begin(now()));
    perform(joiner.loseMailbox(reason));
  }

  function perform(effects: readonly JoinerEffect[]): void {
    for (const effect of effects) {
      switch (effect.kind) {
        case "send":
          mailbox?.send(effect.message);
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
    claim(0);
    await done.promise;
  } finally {
    clearInterval(timer);
    plan.signal.removeEventListener("abort", abort);
    (mailbox as Mailbox | null)?.close(false);
  }
}

/** What the other device is told: the reason if it is one of pairing, else that it was called off. */
function refusalCode(error: unknown): PairingCode {
  return isVaultError(error) && error.code.startsWith("LK-PAIR-")
    ? (error.code as PairingCode)
    : "LK-PAIR-CHANGED";
}
