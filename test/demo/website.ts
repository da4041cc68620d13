/**
 * A visit to the relying party with core's WebAuthn client as the browser and a device's authenticator behind it. The site uses the PRF of
 * a passkey as sites do that encrypt for their people: the result stays with the page, and the relying party never gets it.
 */
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from "@simplewebauthn/server";
import type { Device } from "./device.ts";
import type { Server } from "./servers.ts";
import { openPage } from "./web-page.ts";

export interface Registered {
  readonly response: RegistrationResponseJSON;
  /** The COSE algorithm of the key that the relying party has verified and keeps. */
  readonly algorithm: number;
  /** Whether the passkey says that it has a PRF. */
  readonly hasPrf: boolean;
}

export interface SignedIn {
  /** The user name that the relying party verified. */
  readonly userName: string;
  /** The PRF of the passkey over the site's input, base64url; empty when there was none. */
  readonly prf: string;
}

export interface Website {
  readonly rpId: string;
  /** Registers a passkey of an algorithm. Resolves once the relying party has verified it. */
  register(device: Device, userName: string, algorithm: number): Promise<Registered>;
  /** Signs in with a passkey of the account. */
  signIn(device: Device, userName: string): Promise<SignedIn>;
}

export function visit(relyingParty: Server): Website {
  const { origin, rpId, address } = relyingParty.about as { origin: string; rpId: string; address: string };

  async function post<T>(path: string, body: object): Promise<T> {
    const response = await fetch(`${address}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`relying party refused ${path}: ${await response.text()}`);
    return (await response.json()) as T;
  }

  return {
    rpId,
    register: (device, userName, algorithm) =>
      device.withAuthenticator(async (transact) => {
        const options = await post<PublicKeyCredentialCreationOptionsJSON>("/register/options", {
          userName,
          algorithm,
        });
        const { response, results } = await openPage(origin, transact).create(options);
        const verified = await post<{ userName: string; algorithm: number }>("/register/verify", response);
        if (verified.userName !== userName) throw new Error(`relying party registered ${verified.userName}`);
        return { response, algorithm: verified.algorithm, hasPrf: results.prf?.enabled === true };
      }),
    signIn: (device, userName) =>
      device.withAuthenticator(async (transact) => {
        const options = await post<PublicKeyCredentialRequestOptionsJSON>("/login/options", { userName });
        const { response, results } = await openPage(origin, transact).get(options);
        const { userName: verified } = await post<{ userName: string }>("/login/verify", response);
        return { userName: verified, prf: results.prf?.results?.first ?? "" };
      }),
  };
}
