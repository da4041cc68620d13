/**
 * Finds which of many listed passkeys an authenticator has, with pre-flights: getAssertion with `up` false and no client data (CTAP 2.2
 * § 6.2.2, § 6.1.2 on excludeList). For lists that do not fit in one request, and for passkeys that get different inputs.
 */
import { COMMAND } from "../authenticator/ctap-request.ts";
import { STATUS } from "../authenticator/status.ts";
import type { CborMap, CborValue } from "../cbor/codec.ts";
import { type CtapCalls, toWebAuthnError } from "./authenticator-port.ts";

const NO_CLIENT_DATA = new Uint8Array(32);

export const encodeDescriptors = (ids: readonly Uint8Array[]): readonly CborMap[] =>
  ids.map(
    (id) =>
      new Map<string, CborValue>([
        ["id", id],
        ["type", "public-key"],
      ]),
  );

/** The list in pieces that the authenticator takes. */
export function splitList(ids: readonly Uint8Array[], maxListed: number): readonly (readonly Uint8Array[])[] {
  const pieces: (readonly Uint8Array[])[] = [];
  for (let at = 0; at < ids.length; at += maxListed) pieces.push(ids.slice(at, at + maxListed));
  return pieces;
}

/** The first piece with a passkey that is there, or `null`. */
export async function locate<T extends { readonly ids: readonly Uint8Array[] }>(
  calls: CtapCalls,
  rpId: string,
  pieces: readonly T[],
): Promise<T | null> {
  for (const piece of pieces) {
    const { status } = await calls.ask(
      COMMAND.getAssertion,
      new Map<number, CborValue>([
        [1, rpId],
        [2, NO_CLIENT_DATA],
        [3, encodeDescriptors(piece.ids)],
        [5, new Map([["up", false]])],
      ]),
    );
    // An authenticator that signs nothing unasked says by 0x36 that there is something to sign with.
    if (status === STATUS.success || status === STATUS.puatRequired) return piece;
    if (status !== STATUS.noCredentials) throw toWebAuthnError(status);
  }
  return null;
}
