/** A client before a test authenticator, good options to spoil, and what passed between the two. */
import { promisify } from "node:util";
import { deflateRaw, inflateRaw } from "node:zlib";
import { encodeBase64url } from "../../src/bytes/text.ts";
import { type CborMap, decodeCbor, encodeCbor } from "../../src/cbor/codec.ts";
import type { Transact } from "../../src/client/authenticator-port.ts";
import type { ClientDeps, Page } from "../../src/client/client-deps.ts";
import type { BlobCompression } from "../../src/client/large-blob.ts";
import { createWebAuthnClient, type WebAuthnClient } from "../../src/client/webauthn-client.ts";
import { createSeededRandom } from "../seeded-random.ts";
import { createTestTransport } from "../authenticator/salt-client.ts";
import {
  createTestAuthenticator,
  type TestAuthenticator,
  type TestOptions,
} from "../authenticator/support.ts";

export const PAGE: Page = { origin: "https://login.latchkey.example", topOrigin: null };
export const RP_ID = "latchkey.example";

export interface Passed {
  readonly command: number;
  /** The request's members, empty where it has none. */
  readonly request: CborMap;
  readonly status: number;
}

export interface ClientUnderTest {
  readonly client: WebAuthnClient;
  readonly authenticator: TestAuthenticator;
  /** Every request so far, in order. */
  readonly passed: Passed[];
}

/** Changes an answer's map before the client sees it. */
export type Spoil = (command: number, answer: Map<number | string, unknown>) => void;

export interface ClientOptions {
  readonly authenticator?: TestAuthenticator;
  readonly options?: TestOptions;
  readonly deps?: Partial<ClientDeps>;
  readonly spoil?: Spoil;
  /** As a locked vault: every question beforehand is answered with 0x36. */
  readonly cannotTell?: boolean;
}

export const compression: BlobCompression = {
  deflate: async (data) => new Uint8Array(await promisify(deflateRaw)(data)),
  inflate: async (data, maxBytes) =>
    new Uint8Array(
      await promisify<Uint8Array, { maxOutputLength: number }, Buffer>(inflateRaw)(data, {
        maxOutputLength: maxBytes,
      }),
    ),
};

export function createTestClient({
  authenticator,
  options,
  deps,
  spoil,
  cannotTell = false,
}: ClientOptions = {}): ClientUnderTest {
  const own = authenticator ?? createTestAuthenticator(options);
  const passed: Passed[] = [];
  const transact: Transact = async (request, cancellation) => {
    const command = request[0] as number;
    const body = request.length > 1 ? (decodeCbor(request.subarray(1)) as CborMap) : undefined;
    const isPreflight = command === 0x02 && (body?.get(5) as CborMap | undefined)?.get("up") === false;
    if (cannotTell && isPreflight) return Uint8Array.of(0x36);
    const answer = await own.send(command, body, cancellation);
    passed.push({ command, request: body ?? new Map(), status: answer.status });
    own.time += 1000;
    if (spoil === undefined || answer.bytes.length === 1) return answer.bytes;
    const map = new Map(answer.map);
    spoil(command, map);
    return Uint8Array.of(answer.status, ...encodeCbor(map));
  };
  const client = createWebAuthnClient({
    crypto: own.host.crypto,
    transport: createTestTransport(),
    random: createSeededRandom(7),
    transact,
    fetchWellKnown: null,
    largeBlobs: compression,
    ...deps,
  });
  return { client, authenticator: own, passed };
}

export const challenge = encodeBase64url(new Uint8Array(32).fill(5));
export const text = (value: string): string => encodeBase64url(new TextEncoder().encode(value));

/** Good creation options, as JSON. */
export const creationOptions = (changes: Readonly<Record<string, unknown>> = {}) => ({
  rp: { id: RP_ID, name: "Latchkey" },
  user: { id: text("ada"), name: "ada", displayName: "Ada" },
  challenge,
  pubKeyCredParams: [{ type: "public-key", alg: -7 }],
  authenticatorSelection: { residentKey: "required", userVerification: "required" },
  ...changes,
});

/** Good request options, as JSON. */
export const requestOptions = (changes: Readonly<Record<string, unknown>> = {}) => ({
  challenge,
  rpId: RP_ID,
  userVerification: "required",
  ...changes,
});

export const listed = (...ids: readonly string[]) => ids.map((id) => ({ type: "public-key", id }));

/** An id that no authenticator has. */
export const strangeId = (seed: number): string => encodeBase64url(new Uint8Array(32).fill(seed));

/** What a promise is rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}
