/**
 * The authenticator's end of the way on which salts and PRF outputs travel (CTAP 2.2 § 12.7): one key agreement on P-256 for each
 * request. What is encrypted how: `pin-uv-auth-protocol.ts`.
 */
import { concatBytes } from "../bytes/concat.ts";
import { equalBytes } from "../bytes/equal.ts";
import type { CborMap } from "../cbor/codec.ts";
import type { AgreementKey } from "../ports.ts";
import {
  deriveSharedSecret,
  encodeAgreementKey,
  overheadOf,
  type Protocol,
  type ProtocolDeps,
} from "./pin-uv-auth-protocol.ts";
import { CtapError, STATUS } from "./status.ts";

/** Throws 0x02 for one that is not known. */
export function asProtocol(protocol: number): Protocol {
  if (protocol === 1 || protocol === 2) return protocol;
  throw new CtapError(STATUS.invalidParameter, `PIN/UV auth protocol ${protocol} is not supported`);
}

const SALT_BYTES = 32;

/** The input of hmac-secret as a client sends it. */
export interface SealedSalts {
  /** The client's half of the agreement: coordinates of 32 bytes. */
  readonly x: Uint8Array;
  readonly y: Uint8Array;
  readonly saltEnc: Uint8Array;
  readonly saltAuth: Uint8Array;
  readonly protocol: Protocol;
}

export interface OpenedSalts {
  /** One or two salts of 32 bytes. */
  readonly salts: Uint8Array;
  /** Encrypts outputs for the client that sent the salts. */
  seal(outputs: Uint8Array): Uint8Array;
}

export interface SaltTransport {
  /** The COSE_Key for the clients' half of the agreement. */
  publicKey(): CborMap;
  /** Throws 0x02 for a point off the curve, 0x33 for salts that were changed, 0x03 for ones of a wrong length. */
  open(sealed: SealedSalts): OpenedSalts;
  /** Forgets the key pair: what was agreed before opens no more. */
  renew(): void;
}

export function createSaltTransport(deps: ProtocolDeps): SaltTransport {
  // Made when it is needed: most sign-ins never do.
  let made: AgreementKey | null = null;
  const ownKey = () => (made ??= deps.transport.makeAgreementKey());

  return {
    publicKey: () => encodeAgreementKey(ownKey().point),
    open({ x, y, saltEnc, saltAuth, protocol }) {
      const z = ownKey().agree(concatBytes(Uint8Array.of(0x04), x, y));
      if (z === null) throw new CtapError(STATUS.invalidParameter, "keyAgreement is not on the curve");
      const secret = deriveSharedSecret(deps, protocol, z);
      if (!equalBytes(secret.authenticate(saltEnc), saltAuth))
        throw new CtapError(STATUS.pinAuthInvalid, "saltAuth does not fit saltEnc");
      const length = saltEnc.length - overheadOf(protocol);
      if (length !== SALT_BYTES && length !== 2 * SALT_BYTES) {
        throw new CtapError(STATUS.invalidLength, `salts are ${length} bytes, 32 or 64 expected`);
      }
      return { salts: secret.decrypt(saltEnc), seal: (outputs) => secret.encrypt(outputs) };
    },
    renew() {
      made = null;
    },
  };
}
