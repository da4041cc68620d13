/**
 * Opening the tiers by the system first: where the vault is enrolled, Windows opens the metadata tier without anybody and the signing tier
 * with one gesture. The passphrase is asked where that does not go: no enrolment, a gesture refused, Windows Hello set up anew, a remote
 * session. Asked once for both tiers, and only then.
 */
import { isVaultError } from "@latchkey/core/errors";
import type { KeyProtector } from "@latchkey/core/ports";
import { type Cancellation, createCancellation } from "@latchkey/core/authenticator/cancellation";
import type { Channel } from "@latchkey/device-host/channel";
import { findWay } from "@latchkey/device-host/key-protection/ways";
import { type AskForKey, askForPassphrase } from "@latchkey/device-host/unlock";
import type { SystemProvider } from "./system-provider.ts";
import { systemRandom } from "./vault-host.ts";

/** Asks for the passphrase through the channel, whatever else could open the vault. */
export const askPassphrase = (channel: Channel): AskForKey =>
  askForPassphrase((purpose) => channel.ask({ kind: "passphrase", purpose }), systemRandom);

/** The verification of the person in front of a channel, by the system where there is one. */
export const verifyBySystem =
  (system: SystemProvider | null) =>
  (channel: Channel): AskForKey => {
    if (system === null || channel.hasPassphrase === true) return askPassphrase(channel);
    const cancellation = createCancellation();
    channel.signal.addEventListener("abort", () => cancellation.cancel(), { once: true });
    return askSystemFirst(system, askPassphrase(channel), cancellation);
  };

export function askSystemFirst(
  system: Pick<SystemProvider, "ways" | "makeProtector">,
  askPassphrase: AskForKey,
  cancellation: Cancellation,
): AskForKey {
  return async (purpose) => {
    const bySystem = system.makeProtector(cancellation);
    let asked: ReturnType<AskForKey> | null = null;

    /** `null` where the system does not open it. */
    async function releaseBySystem(...[tier, record]: Parameters<KeyProtector["release"]>) {
      if (findWay(record, system.ways[tier]) === null) return null;
      try {
        return await bySystem.release(tier, record);
      } catch (error) {
        if (!isVaultError(error) || cancellation.cancelled) throw error;
        return null;
      }
    }

    return {
      protect: (tier, key) => bySystem.protect(tier, key),
      async release(tier, record) {
        const key = asked === null ? await releaseBySystem(tier, record) : null;
        return key ?? (await (asked ??= askPassphrase(purpose))).release(tier, record);
      },
      end: () => void asked?.then((protector) => protector.end?.()),
    };
  };
}
