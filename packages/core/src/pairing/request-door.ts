/**
 * The door in the other direction (protocol § 8): the new device shows a code, the existing one scans it. The code carries what message 1
 * carries elsewhere, and does so past every relay; the existing device begins with message 2, before which stands its public key. X25519
 * takes several spellings of a public key for the same one, so the keys are bound to this spelling.
 */
import {
  AGREEMENT_SECRET_KEY_BYTES,
  agreeOnSecret,
  deriveAgreementKeyPair,
} from "../crypto/key-agreement.ts";
import { wipe } from "../crypto/wipe.ts";
import { VaultError } from "../errors.ts";
import type { Random } from "../ports.ts";
import { MAX_MAILBOX_TTL_SECONDS } from "../relay-protocol/limits.ts";
import type { RelayAddress } from "../relay-protocol/relay-address.ts";
import { MAILBOX_ID_BYTES, type MailboxId } from "../relay-protocol/room-id.ts";
import { PSK_BYTES } from "./invitation.ts";
import { answerJoiner, type Answered } from "./inviter-session.ts";
import type { JoinerDoor } from "./joiner-door.ts";
import { encodeRequest, formatRequest, type JoinRequest } from "./request.ts";
import { beginTranscript, derivePairingKeys, extendTranscript } from "./transcript.ts";

/** N's side. `relays`: where it will wait, as the person gave them. */
export function openRequestDoor(relays: readonly RelayAddress[]): JoinerDoor {
  let secretKey = new Uint8Array(0);
  let psk = new Uint8Array(0);
  return {
    begin(commit, random) {
      const seed = random(AGREEMENT_SECRET_KEY_BYTES);
      const keyPair = deriveAgreementKeyPair(seed);
      wipe(seed);
      secretKey = Uint8Array.from(keyPair.secretKey);
      wipe(keyPair.secretKey);
      psk = Uint8Array.from(random(PSK_BYTES));
      const mailboxId = random(MAILBOX_ID_BYTES) as MailboxId;
      const { publicKey } = keyPair;
      const payload = encodeRequest({ relays, mailboxId, publicKey, psk, commitment: commit(publicKey) });
      return {
        effects: [
          { kind: "open-mailbox", mailboxId, ttlSeconds: MAX_MAILBOX_TTL_SECONDS },
          { kind: "show-request", text: formatRequest(payload) },
        ],
        message: null,
        transcript: beginTranscript(payload),
        keys: null,
      };
    },
    agree(inviterKey, transcript) {
      const sharedSecret = agreeOnSecret(secretKey, inviterKey);
      if (sharedSecret === null) return null;
      const keys = derivePairingKeys(psk, sharedSecret, extendTranscript(transcript, inviterKey));
      wipe(sharedSecret, secretKey, psk);
      return keys;
    },
    refusal: "LK-PAIR-CHANGED",
    wipe: () => wipe(secretKey, psk),
  };
}

/** E's side: message 2 at once. Throws `LK-PAIR-MALFORMED` for a public key of small order. The request's psk is wiped. */
export function answerRequest(request: JoinRequest, fingerprintWords: string, random: Random): Answered {
  const { mailboxId, publicKey, psk, commitment } = request;
  const payload = encodeRequest(request);
  const seed = random(AGREEMENT_SECRET_KEY_BYTES);
  const keyPair = deriveAgreementKeyPair(seed);
  const sharedSecret = agreeOnSecret(keyPair.secretKey, publicKey);
  try {
    if (sharedSecret === null) throw new VaultError("LK-PAIR-MALFORMED", "request key is of small order");
    const transcript = beginTranscript(payload);
    return answerJoiner(
      {
        mailboxId,
        claim: { publicKey, commitment },
        claimKey: null,
        keys: derivePairingKeys(psk, sharedSecret, extendTranscript(transcript, keyPair.publicKey)),
        transcript,
        prefix: keyPair.publicKey,
        refusal: "LK-PAIR-CHANGED",
      },
      fingerprintWords,
      random,
    );
  } finally {
    wipe(seed, keyPair.secretKey, psk);
    if (sharedSecret !== null) wipe(sharedSecret);
  }
}
