/** A test authenticator over the portable crypto, good requests to spoil, and a small client that reads responses and verifies them. */
import { createPublicKey, verify } from "node:crypto";
import { createAuthenticator } from "../../src/authenticator/authenticator.ts";
import type { AuthenticatorHost } from "../../src/authenticator/authenticator-host.ts";
import { type Cancellation, createCancellation } from "../../src/authenticator/cancellation.ts";
import type { CredentialSource } from "../../src/authenticator/credential-source.ts";
import { createEphemeralStore } from "../../src/authenticator/ephemeral-store.ts";
import {
  type AskPerson,
  createThrowAwayVerifier,
  createUserVerifier,
  type UserPrompt,
  type UserProof,
} from "../../src/authenticator/user-verifier.ts";
import { concatBytes } from "../../src/bytes/concat.ts";
import { type CborMap, type CborValue, decodeCbor, encodeCbor } from "../../src/cbor/codec.ts";
import { createPortableCredentialCrypto } from "../../src/crypto/credential-key.ts";
import { createTestTransport } from "./salt-client.ts";
import { createSeededRandom } from "../seeded-random.ts";

export const RP_ID = "latchkey.example";
export const CLIENT_DATA_HASH = new Uint8Array(32).fill(7);
export const USER_ID = Uint8Array.of(1, 2, 3, 4);

export interface TestAuthenticator {
  /** Sends one request and splits the answer. */
  send(command: number, map?: CborMap, cancellation?: Cancellation): Promise<Answer>;
  sendBytes(request: Uint8Array): Promise<Answer>;
  /** Every prompt that was shown, in order. */
  readonly prompts: UserPrompt[];
  readonly faults: unknown[];
  /** What the person does from now on. */
  person: AskPerson;
  /** Milliseconds. */
  time: number;
  readonly host: AuthenticatorHost<UserProof>;
}

export interface Answer {
  readonly status: number;
  /** Empty unless the answer has a map. */
  readonly map: CborMap;
  readonly bytes: Uint8Array;
}

export interface TestOptions {
  /** A verifier that always verifies and answers no pre-flight, as a real vault's. */
  readonly real?: boolean;
  readonly overrides?: Partial<AuthenticatorHost<UserProof>>;
}

export const approve: AskPerson = async () => null;

export function createTestAuthenticator({
  real = false,
  overrides = {},
}: TestOptions = {}): TestAuthenticator {
  const prompts: UserPrompt[] = [];
  const faults: unknown[] = [];
  const crypto = createPortableCredentialCrypto(createSeededRandom(1));
  const store = createEphemeralStore(crypto);
  const ask: AskPerson = (prompt, cancellation) => {
    prompts.push(prompt);
    return self.person(prompt, cancellation);
  };
  const host: AuthenticatorHost<UserProof> = {
    crypto,
    transport: createTestTransport(),
    attestation: "none",
    random: createSeededRandom(2),
    clock: { now: () => self.time },
    store,
    verifier: real ? createUserVerifier(ask) : createThrowAwayVerifier(ask),
    reset: real ? null : store.clear,
    reportFault: (fault) => faults.push(fault),
    ...overrides,
  };
  const authenticator = createAuthenticator(host);
  const self: TestAuthenticator = {
    async send(command, map, cancellation) {
      const body = map === undefined ? new Uint8Array() : encodeCbor(map);
      return split(await authenticator.handle(concatBytes(Uint8Array.of(command), body), cancellation));
    },
    async sendBytes(request) {
      return split(await authenticator.handle(request));
    },
    prompts,
    faults,
    person: approve,
    time: 1_000_000,
    host,
  };
  return self;
}

function split(bytes: Uint8Array): Answer {
  const map = bytes.length > 1 ? (decodeCbor(bytes.subarray(1)) as CborMap) : new Map();
  return { status: bytes[0] as number, map, bytes };
}

export const map = (...pairs: readonly (readonly [number | string, CborValue])[]): CborMap => new Map(pairs);

export const descriptor = (id: Uint8Array, type = "public-key"): CborMap => map(["id", id], ["type", type]);

export const ES256_ENTRY: CborMap = map(["alg", -7], ["type", "public-key"]);

/** The members of a good makeCredential request, by key. */
export function makeCredentialMap(changes: Readonly<Record<number, CborValue | undefined>> = {}): CborMap {
  return withChanges(
    map(
      [1, CLIENT_DATA_HASH],
      [2, map(["id", RP_ID], ["name", "Latchkey"])],
      [3, map(["id", USER_ID], ["name", "ada"], ["displayName", "Ada"])],
      [4, [ES256_ENTRY]],
      [7, map(["rk", true], ["uv", true])],
    ),
    changes,
  );
}

/** The members of a good getAssertion request, by key. */
export function getAssertionMap(changes: Readonly<Record<number, CborValue | undefined>> = {}): CborMap {
  return withChanges(map([1, RP_ID], [2, CLIENT_DATA_HASH], [5, map(["uv", true])]), changes);
}

/** `undefined` removes a member. */
function withChanges(base: CborMap, changes: Readonly<Record<number, CborValue | undefined>>): CborMap {
  const changed = new Map(base);
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) changed.delete(Number(key));
    else changed.set(Number(key), value);
  }
  return changed;
}

export interface Registered {
  readonly id: Uint8Array;
  readonly flags: number;
  readonly publicKey: CborMap;
  readonly authData: Uint8Array;
}

/** Registers a passkey and gives what the relying party would keep. */
export async function register(
  authenticator: TestAuthenticator,
  changes: Readonly<Record<number, CborValue | undefined>> = {},
): Promise<Registered> {
  const answer = await authenticator.send(0x01, makeCredentialMap(changes));
  if (answer.status !== 0) throw new Error(`makeCredential answered 0x${answer.status.toString(16)}`);
  authenticator.time += 1000;
  return readAttestation(answer.map.get(2) as Uint8Array);
}

export function readAttestation(authData: Uint8Array): Registered {
  const idLength = ((authData[53] as number) << 8) | (authData[54] as number);
  return {
    id: authData.slice(55, 55 + idLength),
    flags: authData[32] as number,
    publicKey: decodeCbor(authData.slice(55 + idLength)) as CborMap,
    authData,
  };
}

/** Whether the getAssertion answer is signed by this passkey over this hash: judged by OpenSSL. */
export function isSigned(
  answer: Answer,
  registered: Registered,
  hash: Uint8Array = CLIENT_DATA_HASH,
): boolean {
  const coordinate = (key: number) =>
    Buffer.from(registered.publicKey.get(key) as Uint8Array).toString("base64url");
  const publicKey = createPublicKey({
    format: "jwk",
    key: { kty: "EC", crv: "P-256", x: coordinate(-2), y: coordinate(-3) },
  });
  const signed = concatBytes(answer.map.get(2) as Uint8Array, hash);
  return verify("sha256", signed, publicKey, answer.map.get(3) as Uint8Array);
}

export const idOf = (answer: Answer): Uint8Array => (answer.map.get(1) as CborMap).get("id") as Uint8Array;

export const flagsOf = (answer: Answer): number => (answer.map.get(2) as Uint8Array)[32] as number;

/** A client that has cancelled already. */
export function cancelled(): Cancellation {
  const cancellation = createCancellation();
  cancellation.cancel();
  return cancellation;
}

/** What the host's store holds for the site. */
export const stored = (authenticator: TestAuthenticator): Promise<readonly CredentialSource[]> =>
  authenticator.host.store.findByRpId(RP_ID);
