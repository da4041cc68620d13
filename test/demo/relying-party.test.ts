/** The demo's two outsiders, the relying party's process and the client, with the authenticator between them in this process. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createAuthenticator } from "@latchkey/core/authenticator/authenticator";
import { createEphemeralStore } from "@latchkey/core/authenticator/ephemeral-store";
import { createThrowAwayVerifier } from "@latchkey/core/authenticator/user-verifier";
import { concatBytes } from "@latchkey/core/bytes/concat";
import { type CborMap, decodeCbor, encodeCbor } from "@latchkey/core/cbor/codec";
import { createPortableCredentialCrypto } from "@latchkey/core/crypto/credential-key";
import type { CredentialCrypto, SigningKey } from "@latchkey/core/ports";
import { createNativeSecretTransport } from "@latchkey/desktop/secret-transport";
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from "@simplewebauthn/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Transact } from "./ctap-pipe.ts";
import { openPage } from "./web-page.ts";

const RP_ID = "orchid.localhost";
const GET_ASSERTION = 0x02;

let party: ChildProcess;
let origin: string;
let address: string;

beforeAll(async () => {
  party = spawn(process.execPath, [fileURLToPath(new URL("relying-party.ts", import.meta.url)), RP_ID], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  if (party.stdout === null) throw new Error("relying party has no output");
  const [line] = (await once(createInterface(party.stdout), "line")) as [string];
  ({ origin, address } = JSON.parse(line) as { origin: string; address: string });
});

afterAll(async () => {
  party.kill("SIGTERM");
  await once(party, "exit");
});

async function post<T = Record<string, unknown>>(route: string, body: unknown): Promise<T> {
  const response = await fetch(`${address}${route}`, { method: "POST", body: JSON.stringify(body) });
  return (await response.json()) as T;
}

/** A fresh authenticator whose person agrees to everything, and the keys that it made. */
function makeAuthenticator(): { readonly transact: Transact; readonly keys: SigningKey[] } {
  const random = (length: number) => new Uint8Array(randomBytes(length));
  const portable = createPortableCredentialCrypto(random);
  const keys: SigningKey[] = [];
  const crypto: CredentialCrypto = {
    ...portable,
    async makeKeyPair(algorithm) {
      const pair = await portable.makeKeyPair(algorithm);
      keys.push(portable.importKey(algorithm, pair.privateKey));
      return pair;
    },
  };
  const store = createEphemeralStore(crypto);
  const authenticator = createAuthenticator({
    crypto,
    transport: createNativeSecretTransport(),
    attestation: "none",
    random,
    clock: { now: () => Date.now() },
    store,
    verifier: createThrowAwayVerifier(async () => null),
    reset: store.clear,
    reportFault: (fault) => {
      throw fault;
    },
  });
  return { transact: (request) => authenticator.handle(request), keys };
}

const creationOptions = (userName: string, algorithm?: number) =>
  post<PublicKeyCredentialCreationOptionsJSON>("/register/options", { userName, algorithm });
const requestOptions = (userName?: string) =>
  post<PublicKeyCredentialRequestOptionsJSON>("/login/options", { userName });

async function register(userName: string, transact: Transact, algorithm?: number) {
  const options = await creationOptions(userName, algorithm);
  return post("/register/verify", (await openPage(origin, transact).create(options)).response);
}

let users = 0;
const newUser = () => `user-${++users}@example.org`;

describe("a relying party that is not ours", () => {
  test("accepts a registration and the sign-in after it, by name and by the passkey alone", async () => {
    const { transact } = makeAuthenticator();
    const userName = newUser();
    expect(await register(userName, transact)).toEqual({ verified: true, userName, algorithm: -7 });

    const { response: named } = await openPage(origin, transact).get(await requestOptions(userName));
    expect(await post("/login/verify", named)).toEqual({ verified: true, userName });

    const { response: discovered } = await openPage(origin, transact).get(await requestOptions());
    expect(await post("/login/verify", discovered)).toEqual({ verified: true, userName });
  });

  test("gets a key of the algorithm that it wants, and the page the same PRF each time", async () => {
    const { transact } = makeAuthenticator();
    const userName = newUser();
    expect(await register(userName, transact, -8)).toEqual({ verified: true, userName, algorithm: -8 });
    const page = openPage(origin, transact);
    const [one, two] = [
      await page.get(await requestOptions()),
      await page.get(await requestOptions(userName)),
    ];
    expect(one.results.prf?.results?.first).toHaveLength(43);
    expect(two.results.prf).toEqual(one.results.prf);
  });

  test("signs in the account that was picked among several", async () => {
    const { transact } = makeAuthenticator();
    const names = [newUser(), newUser(), newUser()];
    for (const name of names) await register(name, transact);
    for (const name of names) {
      const { response: assertion } = await openPage(origin, transact).get(
        await requestOptions(),
        (offered) => {
          expect([...offered].sort()).toEqual([...names].sort());
          return offered.indexOf(name);
        },
      );
      expect(await post("/login/verify", assertion)).toEqual({ verified: true, userName: name });
    }
  });

  test("gets no second passkey for an account that has one here", async () => {
    const { transact } = makeAuthenticator();
    const userName = newUser();
    await register(userName, transact);
    const again = openPage(origin, transact).create(await creationOptions(userName));
    await expect(again).rejects.toMatchObject({ name: "InvalidStateError" });
  });

  describe("refuses a sign-in", () => {
    const signIn = async (spoil: {
      readonly options?: (
        options: PublicKeyCredentialRequestOptionsJSON,
      ) => PublicKeyCredentialRequestOptionsJSON;
      readonly origin?: string;
      readonly transact?: (transact: Transact, keys: readonly SigningKey[]) => Transact;
      readonly twice?: boolean;
    }) => {
      const { transact, keys } = makeAuthenticator();
      await register(newUser(), transact);
      const options = await requestOptions();
      const page = openPage(spoil.origin ?? origin, spoil.transact?.(transact, keys) ?? transact);
      const { response: assertion } = await page.get(spoil.options?.(options) ?? options);
      if (spoil.twice) await post("/login/verify", assertion);
      return post("/login/verify", assertion);
    };

    test("and accepts it unspoiled", async () => {
      expect(await signIn({})).toMatchObject({ verified: true });
    });

    test("that comes twice", async () => {
      expect(await signIn({ twice: true })).toEqual({ error: expect.stringContaining("challenge") });
    });

    test("without user verification", async () => {
      const spoiled = await signIn({
        // PRF is of a verified person always: without it.
        options: (options) => ({ ...options, extensions: {}, userVerification: "discouraged" }),
      });
      expect(spoiled).toEqual({ error: expect.stringContaining("User verification") });
    });

    test("for another origin", async () => {
      expect(await signIn({ origin: `http://other.${RP_ID}` })).toEqual({
        error: expect.stringContaining("origin"),
      });
    });

    test("whose signature is over something else", async () => {
      const transact =
        (real: Transact): Transact =>
        (request) => {
          if (request[0] !== GET_ASSERTION) return real(request);
          const spoiled = new Map(decodeCbor(request.subarray(1)) as CborMap).set(2, new Uint8Array(32));
          return real(concatBytes(request.subarray(0, 1), encodeCbor(spoiled)));
        };
      expect(await signIn({ transact })).toEqual({ error: "signature is not verified" });
    });

    test("with a passkey that is suddenly device-bound", async () => {
      const transact =
        (real: Transact, keys: readonly SigningKey[]): Transact =>
        async (request) => {
          if (request[0] !== GET_ASSERTION) return real(request);
          const hash = (decodeCbor(request.subarray(1)) as CborMap).get(2) as Uint8Array;
          const response = new Map(decodeCbor((await real(request)).subarray(1)) as CborMap);
          const authData = (response.get(2) as Uint8Array).slice();
          authData[32] = (authData[32] as number) & ~0x18; // BE and BS
          const signature = keys[0]?.sign(concatBytes(authData, hash)) as Uint8Array;
          return concatBytes(Uint8Array.of(0), encodeCbor(response.set(2, authData).set(3, signature)));
        };
      expect(await signIn({ transact })).toEqual({ error: "backup eligibility changed" });
    });
  });

  test("does not get a client to use an rpId that does not suit the origin", async () => {
    const { transact } = makeAuthenticator();
    const options = await requestOptions();
    for (const rpId of ["example.org", "localhost"]) {
      const signIn = openPage(origin, transact).get({ ...options, rpId });
      await expect(signIn).rejects.toMatchObject({ name: "SecurityError" });
    }
  });
});
