/** A visit to the relying party with a browser of a few lines (`browser.ts`) and a device's authenticator behind it. */
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from "@simplewebauthn/server";
import { createCredential, getCredential } from "./browser.ts";
import type { Device } from "./device.ts";
import type { Server } from "./servers.ts";

export interface Website {
  readonly rpId: string;
  /** Registers a passkey; the response, once the relying party has verified it. */
  register(device: Device, userName: string): Promise<RegistrationResponseJSON>;
  /** Signs in with a passkey that the authenticator finds by itself. Gives the user name that the relying party verified. */
  signIn(device: Device, userName: string): Promise<string>;
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
    register: (device, userName) =>
      device.withAuthenticator(async (transact) => {
        const options = await post<PublicKeyCredentialCreationOptionsJSON>("/register/options", { userName });
        const response = await createCredential(options, origin, transact);
        const verified = await post<{ userName: string }>("/register/verify", response);
        if (verified.userName !== userName) throw new Error(`relying party registered ${verified.userName}`);
        return response;
      }),
    signIn: (device, userName) =>
      device.withAuthenticator(async (transact) => {
        const options = await post<PublicKeyCredentialRequestOptionsJSON>("/login/options", { userName });
        const response = await getCredential(options, origin, transact);
        return (await post<{ userName: string }>("/login/verify", response)).userName;
      }),
  };
}
