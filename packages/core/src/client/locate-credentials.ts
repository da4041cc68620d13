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

/**
 * Whether one of these passkeys may be there. An authenticator that signs nothing unasked says by 0x36 that there is something to sign
 * with, a locked one that it cannot tell.
 */
export async function mayHave(calls: CtapCalls, rpId: string, ids: readonly Uint8Array[]): Promise<boolean> {
  const { status } = await calls.ask(
    COMMAND.getAssertion,
    new Map<number, CborValue>([
      [1, rpId],
      [2, NO_CLIENT_DATA],
      [3, encodeDescriptors(ids)],
      [5, new Map([["up", false]])],
    ]),
  );
  if (status === STATUS.noCredentials) return false;
  if (status === STATUS.success || status === STATUS.puatRequired) return true;
  throw toWebAuthnError(status);
}
