/** The two CTAP2 requests that the bench makes: a passkey for its site, and a sign-in with it. */
import { type CborMap, encodeCbor } from "@latchkey/core/cbor/codec";
import { COMMAND } from "@latchkey/core/authenticator/ctap-request";
import type { CoseAlgorithm } from "@latchkey/core/ports";

export const SITE = "bench.example";

const CLIENT_DATA_HASH = new Uint8Array(32).fill(7);

/** A discoverable passkey for one account: the next one replaces it. */
export const encodeMakeCredential = (algorithm: CoseAlgorithm): Uint8Array =>
  encodeRequest(COMMAND.makeCredential, [
    [1, CLIENT_DATA_HASH],
    [2, new Map([["id", SITE]])],
    [
      3,
      new Map<string, Uint8Array | string>([
        ["id", Uint8Array.of(1)],
        ["name", "person"],
      ]),
    ],
    [
      4,
      [
        new Map<string, number | string>([
          ["alg", algorithm],
          ["type", "public-key"],
        ]),
      ],
    ],
    [7, new Map([["rk", true]])],
  ]);

export const MAKE_CREDENTIAL = encodeMakeCredential(-7);

export const GET_ASSERTION = encodeRequest(COMMAND.getAssertion, [
  [1, SITE],
  [2, CLIENT_DATA_HASH],
]);

function encodeRequest(command: number, members: [number, unknown][]): Uint8Array {
  return Uint8Array.of(command, ...encodeCbor(new Map(members) as CborMap));
}

/** Throws unless the authenticator answered with success and something to show for it. */
export function checkAnswer(response: Uint8Array): void {
  if (response[0] !== 0 || response.length < 100) {
    throw new Error(`authenticator answered ${response[0]} with ${response.length} bytes`);
  }
}
