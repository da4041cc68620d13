/**
 * The door without a camera (protocol § 8): the existing device shows a number and two words, `4719-copper-violin`; they are typed on the new one. The
 * number (nameplate) leads to the mailbox, the words are the password of a CPace run that is bound to the number and to the relay's origin:
 *
 *   channel = [pair-words, nameplate, origin]      psk = KDF(ISK, pair-words-key, [])
 *   message 1 = [N's share(32), commitment(32)]    in clear, padded to 1024; N's share stands for eN public in the commitment
 *   message 2 = E's share(32) ‖ message            the commitment is N's associated data, E has none
 *
 * In place of the X25519 result stand 0 bytes. Two words are 22 bits. A relay sees the number; whoever stands in between has one guess at the words, for a mailbox takes one claimant and E
 * answers one claim, and a wrong guess is seen on both screens. Recorded messages give nothing to guess with afterwards.
 */
import { type CborValue, encodeCbor } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import { encodeUtf8 } from "../bytes/text.ts";
import { beginCpace, CPACE_SHARE_BYTES, type CpaceContext, type CpaceRun } from "../crypto/cpace.ts";
import { deriveKey, HASH_BYTES } from "../crypto/hash.ts";
import { LABELS } from "../crypto/labels.ts";
import { wipe } from "../crypto/wipe.ts";
import { VaultError } from "../errors.ts";
import { padBytes, unpadBytes } from "../log/padding.ts";
import type { Random } from "../ports.ts";
import type { MailboxId, Nameplate } from "../relay-protocol/room-id.ts";
import { answerJoiner, type Answered } from "./inviter-session.ts";
import type { JoinerDoor } from "./joiner-door.ts";
import { type Claim, PADDING_BLOCK_BYTES } from "./pairing-messages.ts";
import { beginTranscript, derivePairingKeys, extendTranscript, type PairingKeys } from "./transcript.ts";
import type { PairingWords } from "./pairing-words.ts";

/** What was told: to be the same on both sides. */
export interface Told {
  readonly nameplate: Nameplate;
  /** The relay's: `https://relay.example`. */
  readonly origin: string;
  readonly words: PairingWords;
}

const payloadOf = ({ nameplate, origin }: Told): Uint8Array =>
  encodeCbor([LABELS.pairWords, nameplate, origin]);

const contextOf = (told: Told): CpaceContext => ({
  password: encodeUtf8(told.words.join(" ")),
  channel: payloadOf(told),
  sessionId: new Uint8Array(0),
});

function deriveKeys(key: Uint8Array, transcript: Uint8Array, inviterShare: Uint8Array): PairingKeys {
  const psk = deriveKey(key, LABELS.pairWordsKey);
  const keys = derivePairingKeys(psk, new Uint8Array(0), extendTranscript(transcript, inviterShare));
  wipe(key, psk);
  return keys;
}

/** N's side. */
export function openWordsDoor(told: Told): JoinerDoor {
  let run: CpaceRun | null = null;
  let commitment = new Uint8Array(0);
  return {
    begin(commit, random) {
      run = beginCpace(contextOf(told), random);
      commitment = Uint8Array.from(commit(run.share));
      const message = padBytes(encodeCbor([run.share, commitment]), PADDING_BLOCK_BYTES);
      return {
        effects: [],
        message,
        transcript: extendTranscript(beginTranscript(payloadOf(told)), message),
        keys: null,
      };
    },
    agree(share, transcript) {
      const other = { share, associatedData: new Uint8Array(0) };
      const key = run?.finish("initiator", commitment, other) ?? null;
      return key === null ? null : deriveKeys(key, transcript, share);
    },
    refusal: "LK-PAIR-WORDS-WRONG",
    wipe: () => run?.wipe(),
  };
}

/** E's side: the one answer to the one claim. Throws `LK-PAIR-MALFORMED` or, for a share that is none, `LK-PAIR-WORDS-WRONG`. */
export function answerWords(
  told: Told,
  mailboxId: MailboxId,
  message: Uint8Array,
  fingerprintWords: string,
  random: Random,
): Answered {
  const claim = readClaim(message);
  const run = beginCpace(contextOf(told), random);
  const other = { share: claim.publicKey, associatedData: claim.commitment };
  const key = run.finish("responder", new Uint8Array(0), other);
  if (key === null) throw new VaultError("LK-PAIR-WORDS-WRONG", "claim has no element of the group");
  const transcript = extendTranscript(beginTranscript(payloadOf(told)), message);
  return answerJoiner(
    {
      mailboxId,
      claim,
      claimKey: null,
      keys: deriveKeys(key, transcript, run.share),
      transcript,
      prefix: run.share,
      refusal: "LK-PAIR-WORDS-WRONG",
    },
    fingerprintWords,
    random,
  );
}

function readClaim(message: Uint8Array): Claim {
  if (message.length !== PADDING_BLOCK_BYTES)
    throw new VaultError("LK-PAIR-MALFORMED", `claim is ${message.length} bytes, not ${PADDING_BLOCK_BYTES}`);
  const body = unpadBytes(message, "LK-PAIR-MALFORMED");
  return readStructure("LK-PAIR-MALFORMED", body, (value: CborValue) => {
    const fields = new Fields(value, "pairing claim", 2);
    return {
      publicKey: fields.bytes("share", CPACE_SHARE_BYTES),
      commitment: fields.bytes("commitment", HASH_BYTES),
    };
  });
}
