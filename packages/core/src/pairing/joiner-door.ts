/**
 * How a new device comes to keys that it shares with the existing one (protocol § 8). Three doors lead to the same ceremony:
 *
 * | door    | what the new device has or shows                  | message 1                          | message 2 begins with |
 * |---------|---------------------------------------------------|------------------------------------|-----------------------|
 * | picture | it scanned an invitation (`invitation.ts`)        | sealed under the psk               | –                     |
 * | words   | it was told words and a number (`words-door.ts`)  | in clear: CPace share, commitment  | E's CPace share       |
 * | request | it shows a picture of its own (`request-door.ts`) | none: it is in the picture         | eE public             |
 *
 * In each of them N's commitment comes before E draws rE, and all that came over the wire is in the transcript: `code.ts` rests on that.
 */
import {
  AGREEMENT_SECRET_KEY_BYTES,
  agreeOnSecret,
  deriveAgreementKeyPair,
} from "../crypto/key-agreement.ts";
import { wipe } from "../crypto/wipe.ts";
import { VaultError } from "../errors.ts";
import type { Random } from "../ports.ts";
import type { MailboxId } from "../relay-protocol/room-id.ts";
import { encodeInvitation, type Invitation } from "./invitation.ts";
import { encodeClaim, type PairingCode, sealMessage } from "./pairing-messages.ts";
import {
  beginTranscript,
  deriveClaimKey,
  derivePairingKeys,
  extendTranscript,
  type PairingKeys,
} from "./transcript.ts";

export type DoorEffect =
  /** Open this mailbox at the relays of the request: for the longest time. */
  | { readonly kind: "open-mailbox"; readonly mailboxId: MailboxId; readonly ttlSeconds: number }
  /** Show this text as a QR code, and to be copied. */
  | { readonly kind: "show-request"; readonly text: string };

/** What a door gives when the ceremony begins. `commit`: the commitment, for this side's public key. */
export interface Begun {
  readonly effects: readonly DoorEffect[];
  /** `null`: there is none. */
  readonly message: Uint8Array | null;
  /** After message 1. */
  readonly transcript: Uint8Array;
  /** `null`: the inviter's public key comes with message 2. */
  readonly keys: PairingKeys | null;
}

export interface JoinerDoor {
  /** Throws `LK-PAIR-MALFORMED` for a public key of small order. */
  begin(commit: (publicKey: Uint8Array) => Uint8Array, random: Random): Begun;
  /** The keys, once message 2 brought the inviter's public key (32 bytes). `null` for a key that is not sound. */
  agree(inviterKey: Uint8Array, transcript: Uint8Array): PairingKeys | null;
  /** What it means that message 2 does not open. */
  readonly refusal: PairingCode;
  wipe(): void;
}

/** N scanned E's invitation. */
export function openPictureDoor(invitation: Invitation): JoinerDoor {
  const payload = encodeInvitation(invitation);
  return {
    begin(commit, random) {
      const seed = random(AGREEMENT_SECRET_KEY_BYTES);
      const keyPair = deriveAgreementKeyPair(seed);
      const sharedSecret = agreeOnSecret(keyPair.secretKey, invitation.publicKey);
      const claimKey = deriveClaimKey(invitation.psk, payload);
      try {
        if (sharedSecret === null)
          throw new VaultError("LK-PAIR-MALFORMED", "invitation key is of small order");
        const body = encodeClaim({ publicKey: keyPair.publicKey, commitment: commit(keyPair.publicKey) });
        const message = sealMessage(claimKey, "joiner", "claim", body, random);
        const transcript = extendTranscript(beginTranscript(payload), message);
        const keys = derivePairingKeys(invitation.psk, sharedSecret, transcript);
        return { effects: [], message, transcript, keys };
      } finally {
        wipe(seed, keyPair.secretKey, claimKey, invitation.psk);
        if (sharedSecret !== null) wipe(sharedSecret);
      }
    },
    agree: () => null,
    refusal: "LK-PAIR-CHANGED",
    wipe: () => wipe(invitation.psk),
  };
}
