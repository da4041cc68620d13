/**
 * The app's "Try it": the practice site at one end, the vault's real authenticator at the other, and core's WebAuthn client in the place of a
 * browser. Every ceremony asks the person, as everywhere.
 */
import { createCancellation } from "@latchkey/core/authenticator/cancellation";
import { createWebAuthnClient, type WebAuthnClient } from "@latchkey/core/client/webauthn-client";
import { WebAuthnError } from "@latchkey/core/client/webauthn-error";
import { isVaultError, VaultError } from "@latchkey/core/errors";
import { createNativeCredentialCrypto } from "../credential-crypto.ts";
import type { Channel } from "@latchkey/device-host/channel";
import { createCtapSession } from "../host/ctap-session.ts";
import { askForPassphrase, type AskForKey } from "@latchkey/device-host/unlock";
import { systemRandom } from "../host/vault-host.ts";
import { createNativeSecretTransport } from "../secret-transport.ts";
import { createPracticeSite, type Learnt, type PracticeSite } from "../practice/practice-site.ts";
import type { ServedVault } from "./served-vault.ts";

export interface Practice {
  register(userName: string, channel: Channel): Promise<Learnt>;
  signIn(channel: Channel): Promise<Learnt>;
}

/** Of a page that no browser shows: a site on the standard port of this machine. */
const PAGE = { origin: "http://localhost", topOrigin: null };

export function createPractice(served: ServedVault): Practice {
  const site: PracticeSite = createPracticeSite(PAGE.origin);

  /** Throws what went wrong with the person, where that is known, and `LK-AUTH-DENIED` for all that a browser would tell a page. */
  async function withClient<T>(
    channel: Channel,
    ceremony: (client: WebAuthnClient) => Promise<T>,
  ): Promise<T> {
    const asking = askForPassphrase((purpose) => channel.ask({ kind: "passphrase", purpose }), systemRandom);
    let refusal: unknown = null;
    // An authenticator tells a client no more than that it was refused; the person at this page should know why.
    const askForKey: AskForKey = async (purpose) => {
      const protector = await asking(purpose);
      return {
        ...protector,
        release: (tier, key) =>
          protector.release(tier, key).catch((error: unknown) => {
            refusal = error;
            throw error;
          }),
      };
    };
    const session = createCtapSession(served.services.host, askForKey, served.reportFault);
    const cancellation = createCancellation();
    channel.signal.addEventListener("abort", () => cancellation.cancel(), { once: true });
    const client = createWebAuthnClient({
      crypto: createNativeCredentialCrypto(),
      transport: createNativeSecretTransport(),
      random: systemRandom,
      transact: (request) => session.handle(request, cancellation),
      fetchWellKnown: null,
      largeBlobs: null,
    });
    try {
      return await ceremony(client);
    } catch (error) {
      if (isVaultError(refusal)) throw refusal;
      if (error instanceof WebAuthnError)
        throw new VaultError("LK-AUTH-DENIED", error.message, { cause: error });
      throw error;
    } finally {
      session.end();
    }
  }

  return {
    register: (userName, channel) =>
      withClient(channel, async (client) =>
        site.register(await client.create(PAGE, await site.creationOptions(userName))),
      ),
    signIn: (channel) =>
      withClient(channel, async (client) => site.signIn(await client.get(PAGE, await site.requestOptions()))),
  };
}
