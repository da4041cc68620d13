/**
 * A relying party as its own process: HTTP on loopback, every ceremony judged by `@simplewebauthn/server`, everything in memory.
 *
 *   node test/demo/relying-party.ts [rpId]        default rpId: localhost
 *
 * It prints one JSON line `{"origin","rpId","address"}` when it listens: `origin` is what a browser would show and what is verified,
 * `address` is where to send requests (names below localhost do not resolve everywhere). SIGTERM, or the end of its parent, ends it.
 *
 *   POST /register/options {userName, algorithm?} → creation options                  POST /login/options {userName?} → request options
 *   POST /register/verify  the response           → {verified, userName, algorithm}   POST /login/verify  the response → {verified, userName}
 *
 * `algorithm` is what it wants before all others. A login without a user name is a discoverable one. User verification is required. Passkeys
 * are asked for their PRF, whose result is for the page and not to be sent. A refusal is 400 `{"error"}`. Beyond the library it
 * checks what that leaves to its caller: the challenge is its own and used once, the user handle is the account's, and a credential's
 * backup eligibility never changes (WebAuthn Level 3 § 6.1.3).
 */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type WebAuthnCredential,
} from "@simplewebauthn/server";
import { cose, decodeCredentialPublicKey } from "@simplewebauthn/server/helpers";

interface Account {
  readonly userName: string;
  /** The user handle, base64url. */
  readonly userId: string;
}

interface KnownCredential {
  credential: WebAuthnCredential;
  readonly account: Account;
  readonly backupEligible: boolean;
}

/** ES256, EdDSA, RS256: what relying parties commonly offer. */
const ALGORITHMS = [-7, -8, -257];
/** What the site's page gives the PRF of a passkey, to get a key with which it encrypts. */
const PRF_INPUT = Buffer.from("orchard: key of the notebook").toString("base64url");

const rpID = process.argv[2] ?? "localhost";
const accounts = new Map<string, Account>();
const credentials = new Map<string, KnownCredential>();
/** Challenges that were handed out: for a registration with the account that it is for. Taking one burns it. */
const registrations = new Map<string, Account>();
const logins = new Set<string>();
let expectedOrigin = "";

class Refusal extends Error {}

const credentialsOf = (userName: string) =>
  [...credentials.values()]
    .filter(({ account }) => account.userName === userName)
    .map(({ credential }) => ({ id: credential.id }));

async function registerOptions({ userName, algorithm }: { userName?: unknown; algorithm?: unknown }) {
  if (typeof userName !== "string" || userName === "") throw new Refusal("user name is missing");
  const wanted = ALGORITHMS.filter((supported) => supported === algorithm);
  const known = accounts.get(userName);
  const options = await generateRegistrationOptions({
    rpName: `Shop at ${rpID}`,
    rpID,
    userName,
    ...(known && { userID: new Uint8Array(Buffer.from(known.userId, "base64url")) }),
    excludeCredentials: credentialsOf(userName),
    supportedAlgorithmIDs: [...new Set([...wanted, ...ALGORITHMS])],
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
    extensions: { prf: {} },
  });
  registrations.set(options.challenge, known ?? { userName, userId: options.user.id });
  return options;
}

async function registerVerify(response: RegistrationResponseJSON) {
  let account: Account | undefined;
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    response,
    expectedOrigin,
    expectedRPID: rpID,
    expectedChallenge: (challenge) => {
      account = registrations.get(challenge);
      return registrations.delete(challenge);
    },
    requireUserVerification: true,
    supportedAlgorithmIDs: ALGORITHMS,
  });
  if (!verified || account === undefined) throw new Refusal("registration is not verified");
  const { credential, credentialDeviceType } = registrationInfo;
  if (credentials.has(credential.id)) throw new Refusal("credential is already registered");
  accounts.set(account.userName, account);
  credentials.set(credential.id, {
    credential,
    account,
    backupEligible: credentialDeviceType === "multiDevice",
  });
  const algorithm = decodeCredentialPublicKey(credential.publicKey).get(cose.COSEKEYS.alg);
  return { verified, userName: account.userName, algorithm };
}

async function loginOptions({ userName }: { userName?: unknown }) {
  const options = await generateAuthenticationOptions({
    rpID,
    userVerification: "required",
    ...(typeof userName === "string" && { allowCredentials: credentialsOf(userName) }),
  });
  logins.add(options.challenge);
  // The library passes extensions through as they are: in JSON, bytes are base64url.
  return { ...options, extensions: { ...options.extensions, prf: { eval: { first: PRF_INPUT } } } };
}

async function loginVerify(response: AuthenticationResponseJSON) {
  const known = credentials.get(response.id);
  if (known === undefined) throw new Refusal("credential is not known");
  const { userHandle } = response.response;
  if (userHandle !== undefined && userHandle !== known.account.userId)
    throw new Refusal("user handle is not the account's");
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response,
    expectedOrigin,
    expectedRPID: rpID,
    expectedChallenge: (challenge) => logins.delete(challenge),
    credential: known.credential,
    requireUserVerification: true,
  });
  if (!verified) throw new Refusal("signature is not verified");
  if ((authenticationInfo.credentialDeviceType === "multiDevice") !== known.backupEligible) {
    throw new Refusal("backup eligibility changed");
  }
  known.credential = { ...known.credential, counter: authenticationInfo.newCounter };
  return { verified, userName: known.account.userName };
}

// The library checks the shape of what arrives; a request body is untyped until then.
const ROUTES: Readonly<Record<string, (body: never) => Promise<unknown>>> = {
  "/register/options": registerOptions,
  "/register/verify": registerVerify,
  "/login/options": loginOptions,
  "/login/verify": loginVerify,
};

async function answer(
  request: IncomingMessage,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const route = request.method === "POST" ? ROUTES[request.url ?? ""] : undefined;
  if (route === undefined) return { status: 404, body: { error: "no such route" } };
  try {
    return { status: 200, body: await route((await json(request)) as never) };
  } catch (error) {
    return { status: 400, body: { error: error instanceof Error ? error.message : String(error) } };
  }
}

const server = createServer((request, response) => {
  void answer(request).then(({ status, body }) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
});
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  expectedOrigin = `http://${rpID}:${port}`;
  process.stdout.write(
    `${JSON.stringify({ origin: expectedOrigin, rpId: rpID, address: `http://127.0.0.1:${port}` })}\n`,
  );
});

function stop(): void {
  server.close();
  server.closeAllConnections();
  if (process.connected) process.disconnect();
}
process.once("SIGTERM", stop);
process.once("disconnect", stop);
