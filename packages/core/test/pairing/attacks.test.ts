/** Everybody who should not get in: the relay, the thief of the picture, the man in the middle. */
import { describe, expect, test } from "vitest";
import { encodeHex } from "../../src/bytes/text.ts";
import type { CborValue } from "../../src/cbor/codec.ts";
import { isVaultError, VaultError } from "../../src/errors.ts";
import { deriveAgreementKeyPair, agreeOnSecret } from "../../src/crypto/key-agreement.ts";
import { LABELS } from "../../src/crypto/labels.ts";
import type { DeviceIdentity } from "../../src/membership/device.ts";
import { deriveCode } from "../../src/pairing/code.ts";
import { encodeInvitation, formatInvitation, parseInvitation } from "../../src/pairing/invitation.ts";
import {
  decodeAnswer,
  encodeAnswer,
  encodeClaim,
  encodeIntroduction,
  type Introduction,
  type MessageKind,
  openMessage,
  sealMessage,
} from "../../src/pairing/pairing-messages.ts";
import {
  beginTranscript,
  type Candidate,
  deriveClaimKey,
  deriveCommitment,
  deriveConfirmation,
  derivePairingKeys,
  extendTranscript,
  signatureOperands,
} from "../../src/pairing/transcript.ts";
import {
  APP_ADDRESS,
  candidateOf,
  type Ceremony,
  type Effect,
  ELSEWHERE,
  joinerOf,
  kinds,
  pairUpTo,
  PHONE,
  pick,
  seededRandom,
  type Stage,
  startInviter,
  startJoiner,
  STRANGER,
  WELCOME,
} from "./ceremony.ts";

const closing = (effects: readonly Effect[]) => pick(effects, "closed").code;
const fill = (byte: number) => new Uint8Array(32).fill(byte);
const isToInviter = (stage: Stage) => stage === "claim" || stage === "introduction" || stage === "done";
const deliver = (
  { inviter, joiner, mailboxId }: Ceremony,
  stage: Stage,
  message: Uint8Array,
): readonly Effect[] =>
  isToInviter(stage) ? inviter.receive(mailboxId, message, 0) : joiner.receive(message, 0);
/** Every byte under SLOW; otherwise the seams and a sample, another one for each length. */
const STRIDE = process.env["SLOW"] ? 1 : 41;
const stages: readonly Stage[] = ["claim", "answer", "introduction", "welcome", "done"];

describe("a message that was changed on its way", () => {
  test.for(stages)(
    "ends the pairing or is ignored, whichever byte of the %s it is",
    { timeout: 120_000 },
    (stage) => {
      const { length } = pairUpTo(stage).message;
      for (let at = 0; at < length; at += at < 48 || at > length - 18 ? 1 : STRIDE) {
        const ceremony = pairUpTo(stage);
        const changed = ceremony.message.slice();
        changed[at] = changed[at]! ^ (1 << (at % 8));
        refuses(ceremony, stage, changed);
      }
    },
  );

  test.for(stages)("ends the pairing or is ignored, wherever the %s is cut", (stage) => {
    const { length } = pairUpTo(stage).message;
    for (const kept of [0, 1, 23, 24, 39, 40, 41, length - 1025, length - 1024, length - 1]) {
      if (kept < 0) continue;
      const ceremony = pairUpTo(stage);
      refuses(ceremony, stage, ceremony.message.slice(0, kept));
    }
    const ceremony = pairUpTo(stage);
    refuses(ceremony, stage, new Uint8Array([...ceremony.message, 0]));
  });

  function refuses(ceremony: Ceremony, stage: Stage, message: Uint8Array) {
    const effects = deliver(ceremony, stage, message);
    if (stage === "claim") {
      expect(effects).toEqual([]);
      expect(kinds(deliver(ceremony, stage, ceremony.message))).toContain("claimed");
      return;
    }
    expect(closing(effects)).toBe("LK-PAIR-CHANGED");
    expect(deliver(ceremony, stage, ceremony.message)).toEqual([]);
  }

  test("is refused as a QR code, or leads to no claim, whichever character it is", () => {
    const { inviter, text, mailboxId } = startInviter();
    let refusedClaims = 0;
    for (let at = text.indexOf("#"); at < text.length; at++) {
      const other = text[at] === "A" ? "B" : "A";
      const changed = text.slice(0, at) + other + text.slice(at + 1);
      try {
        const { claim } = startJoiner(changed);
        if (refusedClaims++ < 6) expect(inviter.receive(mailboxId, claim, 0)).toEqual([]);
        else expect(kinds(startInviter().inviter.receive(mailboxId, claim, 0))).toEqual([]);
      } catch (error) {
        if (!isVaultError(error)) throw error;
        expect(["LK-PAIR-MALFORMED", "LK-PAIR-VERSION"]).toContain(error.code);
      }
    }
    expect(refusedClaims).toBeGreaterThan(50);
    expect(kinds(inviter.receive(mailboxId, startJoiner(text).claim, 0))).toContain("claimed");
  });
});

describe("a message in the wrong place", () => {
  test.for(stages)(
    "ends the pairing instead of the %s: reflected, of another pairing, out of order",
    (stage) => {
      const at = stages.indexOf(stage);
      const own = pairUpTo("done").messages;
      const others = pairUpTo("done", "other").messages;
      const refused = [
        // Its own messages come back to the receiver; what is not due yet; the same message of another pairing.
        ...own.filter((_, i) => i % 2 !== at % 2 || i > at),
        ...others,
      ];
      for (const message of refused) {
        const effects = deliver(pairUpTo(stage), stage, message);
        if (stage === "claim") expect(effects).toEqual([]);
        else expect(closing(effects)).toBe("LK-PAIR-CHANGED");
      }
    },
  );

  test("is not taken from another mailbox", () => {
    const { inviter, mailboxId, message } = pairUpTo("introduction");
    expect(inviter.receive(ELSEWHERE, message, 0)).toEqual([]);
    expect(kinds(inviter.receive(mailboxId, message, 0))).toEqual(["ask-code"]);
  });
});

describe("somebody without the picture", () => {
  test("cannot claim, and cannot burn an invitation with less than a mailbox full of junk", () => {
    const { inviter, text, mailboxId } = startInviter();
    const random = seededRandom("junk");
    for (let i = 0; i < 7; i++) expect(inviter.receive(mailboxId, random(1_064), 0)).toEqual([]);
    expect(kinds(inviter.receive(mailboxId, startJoiner(text).claim, 0))).toContain("claimed");
  });

  test("gets a new invitation shown by filling the mailbox", () => {
    const { inviter, mailboxId } = startInviter();
    const random = seededRandom("junk");
    const effects = Array.from({ length: 8 }, () => inviter.receive(mailboxId, random(1_064), 0));
    expect(kinds(effects.at(-1)!)).toEqual(["close-mailbox"]);
    expect(kinds(inviter.tick(1))).toEqual(["open-mailbox", "show-invitation"]);
  });
});

/** A device that goes by the protocol in one thing only: it has the text of the QR code. */
function handmadeJoiner(text: string, committed: Candidate, seed = "handmade") {
  const random = seededRandom(seed);
  const { invitation } = parseInvitation(text);
  const payload = encodeInvitation(invitation);
  const keyPair = deriveAgreementKeyPair(random(32));
  const number = random(32);
  const commitment = deriveCommitment(number, keyPair.publicKey, committed);
  const sealClaim = (body: CborValue) =>
    sealMessage(deriveClaimKey(invitation.psk, payload), "joiner", "claim", body, random);
  const claim = sealClaim(encodeClaim({ publicKey: keyPair.publicKey, commitment }));
  const afterClaim = extendTranscript(beginTranscript(payload), claim);
  const shared = agreeOnSecret(keyPair.secretKey, invitation.publicKey)!;
  const keys = derivePairingKeys(invitation.psk, shared, afterClaim);
  /** `said` instead of what was committed to, signed as it should be by `who`. */
  const answered = (
    answer: Uint8Array,
    said: { number?: Uint8Array; candidate?: Candidate } = {},
    who = PHONE,
  ) => {
    const body = openMessage(keys.inviter, "inviter", "answer", answer);
    if (body === null) throw new VaultError("LK-PAIR-CHANGED", "answer does not open");
    const transcript = extendTranscript(afterClaim, answer);
    const content = { number, candidate: committed, ...said };
    const operands = signatureOperands(transcript, content.number, content.candidate);
    const introduction: Introduction = {
      ...content,
      entrySignature: who.signEntry(LABELS.pairSignature, ...operands),
      authoritySignature: who.signAuthority(LABELS.pairSignature, ...operands),
    };
    return { introduction, code: deriveCode(transcript, decodeAnswer(body).number, number) };
  };
  const seal = (kind: MessageKind, body: CborValue, with_ = random) =>
    sealMessage(keys.joiner, "joiner", kind, body, with_);
  return { claim, sealClaim, answered, seal, keys, number, commitment, afterClaim, keyPair };
}

/** A handmade joiner whose claim was taken. */
function claimedByHand(committed = candidateOf(PHONE)) {
  const { inviter, text, mailboxId } = startInviter();
  const hand = handmadeJoiner(text, committed);
  const answer = pick(inviter.receive(mailboxId, hand.claim, 0), "send").message;
  const introduce = (spoil: Partial<Introduction> = {}, random?: ReturnType<typeof seededRandom>) =>
    inviter.receive(
      mailboxId,
      hand.seal(
        "introduction",
        encodeIntroduction({ ...hand.answered(answer).introduction, ...spoil }),
        random,
      ),
      0,
    );
  return { inviter, mailboxId, text, hand, answer, introduce, ...hand.answered(answer) };
}

describe("an introduction", () => {
  test("of a handmade joiner passes when nothing is spoiled in it", () => {
    expect(kinds(claimedByHand().introduce())).toEqual(["ask-code"]);
  });

  const withOneKey = (identity: Partial<DeviceIdentity>) => ({
    candidate: { ...candidateOf(PHONE), identity: { ...PHONE.identity, ...identity } },
  });
  const uncommitted: readonly (readonly [
    string,
    { number?: Uint8Array; candidate?: Candidate },
    typeof PHONE,
  ])[] = [
    ["another name", { candidate: candidateOf(PHONE, "Ben's Pixel") }, PHONE],
    ["another platform", { candidate: { ...candidateOf(PHONE), platform: "linux" } }, PHONE],
    ["other keys", { candidate: candidateOf(STRANGER) }, STRANGER],
    [
      "another metadata KEM key",
      withOneKey({ metadataKemPublicKey: STRANGER.identity.secretKemPublicKey }),
      PHONE,
    ],
    [
      "another secret KEM key",
      withOneKey({ secretKemPublicKey: STRANGER.identity.secretKemPublicKey }),
      PHONE,
    ],
    ["another number", { number: new Uint8Array(32) }, PHONE],
  ];
  test.for(uncommitted)("is refused with %s than it committed to, well signed", ([, said, who]) => {
    const { answer, hand, introduce } = claimedByHand();
    expect(closing(introduce(hand.answered(answer, said, who).introduction))).toBe("LK-PAIR-CHANGED");
  });

  test.for(["entrySignature", "authoritySignature"] as const)("is refused with a wrong %s", (field) => {
    expect(closing(claimedByHand().introduce({ [field]: new Uint8Array(64) }))).toBe("LK-PAIR-CHANGED");
  });

  test("is refused when its signatures are of another pairing, or exchanged", () => {
    const earlier = claimedByHand().introduction;
    const { inviter, text, mailboxId } = startInviter("another desk");
    const hand = handmadeJoiner(text, candidateOf(PHONE));
    inviter.receive(mailboxId, hand.claim, 0);
    const replayed = hand.seal("introduction", encodeIntroduction(earlier));
    expect(closing(inviter.receive(mailboxId, replayed, 0))).toBe("LK-PAIR-CHANGED");
    const { introduction, introduce } = claimedByHand();
    const exchanged = {
      entrySignature: introduction.authoritySignature,
      authoritySignature: introduction.entrySignature,
    };
    expect(closing(introduce(exchanged))).toBe("LK-PAIR-CHANGED");
  });

  const unshown = ["", "a\u0007", "line\nbreak", "\u001b[31mred", "right\u202eleft", "\u2066x", "a\u2028b"];
  test.for(unshown)("is refused with the name %j", (name) => {
    expect(closing(claimedByHand(candidateOf(PHONE, name)).introduce())).toBe("LK-PAIR-MALFORMED");
  });

  test("takes a name in any script, with emoji of several parts", () => {
    for (const name of ["Телефон", "أنا", "👩‍💻 laptop", "Bjørn’s"])
      expect(kinds(claimedByHand(candidateOf(PHONE, name)).introduce())).toEqual(["ask-code"]);
  });

  test("changes nothing in the code: who knows the other one's code cannot try seals until they meet", () => {
    for (const seed of ["one", "two", "three"]) {
      const { inviter, introduce, code } = claimedByHand();
      expect(kinds(introduce({}, seededRandom(seed)))).toEqual(["ask-code"]);
      expect(kinds(inviter.enterCode(code, 0))).toEqual(["approved"]);
    }
  });

  test("is refused unread when it is larger than any message", () => {
    const { inviter, mailboxId, hand } = claimedByHand();
    const large = hand.seal("introduction", [new Uint8Array(60_000)]);
    expect(closing(inviter.receive(mailboxId, large, 0))).toBe("LK-PAIR-CHANGED");
  });

  test("is refused when it opens to something else", () => {
    for (const body of [[], [1], "introduction", [new Uint8Array(32)]] as CborValue[]) {
      const { inviter, mailboxId, hand } = claimedByHand();
      expect(closing(inviter.receive(mailboxId, hand.seal("introduction", body), 0))).toBe(
        "LK-PAIR-MALFORMED",
      );
    }
  });
});

describe("a thief of the picture", () => {
  test("who comes second ends the pairing, whatever step it is in", () => {
    for (const stage of ["introduction", "welcome", "done"] as const) {
      const { inviter, mailboxId, text } = pairUpTo(stage);
      const thief = startJoiner(text, "thief", STRANGER);
      const ended = inviter.receive(mailboxId, thief.claim, 0);
      expect(closing(ended)).toBe("LK-PAIR-REPLAYED");
      expect(thief.joiner.receive(pick(ended, "send").message, 0)).toEqual([
        expect.objectContaining({ kind: "send" }),
        { kind: "closed", code: "LK-PAIR-CHANGED" },
      ]);
    }
  });

  test("who comes first is shown by its own name, and the code of an honest device does not fit", () => {
    const { inviter, text, mailboxId } = startInviter();
    const thief = startJoiner(text, "thief", STRANGER);
    const answer = pick(inviter.receive(mailboxId, thief.claim, 0), "send").message;
    const late = startJoiner(text);
    expect(closing(late.joiner.receive(answer, 0))).toBe("LK-PAIR-CHANGED");
    const shown = thief.joiner.receive(answer, 0);
    const asked = inviter.receive(mailboxId, pick(shown, "send").message, 0);
    expect(pick(asked, "ask-code").candidate.identity).toEqual(STRANGER.identity);
  });

  test("cannot answer the new device in the inviter's place", () => {
    const { text } = startInviter();
    const { joiner, claim } = startJoiner(text);
    const { invitation } = parseInvitation(text);
    const random = seededRandom("thief");
    // All that it has: psk, both public keys, a secret of its own.
    const afterClaim = extendTranscript(beginTranscript(encodeInvitation(invitation)), claim);
    const shared = agreeOnSecret(deriveAgreementKeyPair(random(32)).secretKey, invitation.publicKey)!;
    const keys = derivePairingKeys(invitation.psk, shared, afterClaim);
    const confirmation = deriveConfirmation(keys.inviter, afterClaim);
    const answer = encodeAnswer({ number: random(32), confirmation, fingerprintWords: "trust me" });
    expect(closing(joiner.receive(sealMessage(keys.inviter, "inviter", "answer", answer, random), 0))).toBe(
      "LK-PAIR-CHANGED",
    );
  });

  test("cannot burn an invitation with a claim that is none", () => {
    const { inviter, text, mailboxId } = startInviter();
    const hand = handmadeJoiner(text, candidateOf(STRANGER));
    const claims: CborValue[] = [
      [],
      [new Uint8Array(31), hand.commitment],
      [hand.keyPair.publicKey, new Uint8Array(33)],
      [new Uint8Array(32), hand.commitment],
      [new Uint8Array([1, ...new Uint8Array(31)]), hand.commitment],
    ];
    for (const claim of claims) expect(inviter.receive(mailboxId, hand.sealClaim(claim), 0)).toEqual([]);
    expect(kinds(inviter.receive(mailboxId, startJoiner(text).claim, 0))).toContain("claimed");
  });
});

describe("an inviter that cheats", () => {
  test("gets nothing from a joiner with a public key of small order", () => {
    const { invitation } = parseInvitation(startInviter().text);
    const { joiner } = joinerOf(
      formatInvitation(APP_ADDRESS, { ...invitation, publicKey: new Uint8Array(32) }),
    );
    expect(joiner.begin(0)).toEqual([{ kind: "closed", code: "LK-PAIR-MALFORMED" }]);
  });

  test("is refused when it does not confirm its key, or sends words that may not be shown", () => {
    const { text } = startInviter();
    const { invitation } = parseInvitation(text);
    const random = seededRandom("cheat");
    const own = deriveAgreementKeyPair(random(32));
    const forged = { ...invitation, publicKey: own.publicKey };
    const forgedText = formatInvitation(APP_ADDRESS, forged);
    const answered = (spoil: { confirmation?: Uint8Array; fingerprintWords?: string }) => {
      const { joiner, claim } = startJoiner(forgedText);
      const payload = encodeInvitation(forged);
      const opened = openMessage(deriveClaimKey(forged.psk, payload), "joiner", "claim", claim)!;
      const afterClaim = extendTranscript(beginTranscript(payload), claim);
      // The claim's body is [public key, commitment]: the key begins after two heads, of one and of two bytes.
      const shared = agreeOnSecret(own.secretKey, opened.slice(3, 35))!;
      const keys = derivePairingKeys(forged.psk, shared, afterClaim);
      const confirmation = deriveConfirmation(keys.inviter, afterClaim);
      const answer = { number: random(32), confirmation, fingerprintWords: "stranger's vault", ...spoil };
      return joiner.receive(sealMessage(keys.inviter, "inviter", "answer", encodeAnswer(answer), random), 0);
    };
    expect(pick(answered({}), "show-code").fingerprintWords).toBe("stranger's vault");
    expect(closing(answered({ confirmation: new Uint8Array(32) }))).toBe("LK-PAIR-CHANGED");
    expect(closing(answered({ fingerprintWords: "a\u001b[2Jb" }))).toBe("LK-PAIR-MALFORMED");
  });
});

describe("a man in the middle", () => {
  /** The phone scans the middle's QR code, the middle has photographed the desk's; it runs one pairing with each. */
  function bridge(seed: string) {
    const desk = startInviter(`${seed} desk`);
    const middle = startInviter(`${seed} middle's picture`);
    const phone = startJoiner(middle.text, `${seed} phone`);
    const middlePhone = startJoiner(desk.text, `${seed} middle's phone`, STRANGER);
    const toMiddle = pick(desk.inviter.receive(desk.mailboxId, middlePhone.claim, 0), "send").message;
    const toPhone = pick(middle.inviter.receive(middle.mailboxId, phone.claim, 0), "send").message;
    const phoneShows = phone.joiner.receive(toPhone, 0);
    const middleShows = middlePhone.joiner.receive(toMiddle, 0);
    desk.inviter.receive(desk.mailboxId, pick(middleShows, "send").message, 0);
    return { desk, phone: pick(phoneShows, "show-code").code, middle: pick(middleShows, "show-code").code };
  }

  test("makes two devices show two codes", () => {
    const rounds = process.env["SLOW"] ? 2_000 : 40;
    for (let round = 0; round < rounds; round++) {
      const { phone, middle } = bridge(`bridge ${round}`);
      expect(phone).not.toBe(middle);
    }
  }, 60_000);

  test("gets nothing when the person types, three times, what the phone shows", () => {
    const { desk, phone } = bridge("bridge");
    expect(kinds(desk.inviter.enterCode(phone, 0))).toEqual(["refuse-code"]);
    expect(kinds(desk.inviter.enterCode(phone, 0))).toEqual(["refuse-code"]);
    const ended = desk.inviter.enterCode(phone, 0);
    expect(pick(ended, "closed")).toEqual({ kind: "closed", code: "LK-PAIR-CODE-LIMIT", isWelcomed: false });
    expect(desk.inviter.welcome(WELCOME, 0)).toEqual([]);
  });

  test("cannot pass messages of one pairing into the other", () => {
    const desk = startInviter();
    const { claim } = startJoiner(startInviter("middle").text);
    expect(desk.inviter.receive(desk.mailboxId, claim, 0)).toEqual([]);
  });
});

describe("the keys of a pairing", () => {
  test("differ by direction, psk, secret and transcript", () => {
    const of = (psk: number, secret: number, transcript: number) => {
      const { inviter, joiner } = derivePairingKeys(fill(psk), fill(secret), fill(transcript));
      return [encodeHex(inviter), encodeHex(joiner)];
    };
    const all = [of(1, 2, 3), of(9, 2, 3), of(1, 9, 3), of(1, 2, 9)].flat();
    expect(new Set(all).size).toBe(8);
  });

  test("rest on every message, and so does the inviter's proof of its own", () => {
    const once = extendTranscript(fill(1), fill(2));
    expect(extendTranscript(fill(9), fill(2))).not.toEqual(once);
    expect(extendTranscript(fill(1), fill(9))).not.toEqual(once);
    expect(deriveConfirmation(fill(1), fill(2))).not.toEqual(deriveConfirmation(fill(1), fill(9)));
  });
});

describe("an abort", () => {
  test("is taken with a reason that both sides know, and no other", () => {
    for (const [reason, code] of [
      ["LK-PAIR-CANCELLED", "LK-PAIR-CANCELLED"],
      ["LK-VAULT-LOCKED", "LK-PAIR-MALFORMED"],
      ["anything", "LK-PAIR-MALFORMED"],
    ]) {
      const { inviter, mailboxId, hand } = claimedByHand();
      expect(closing(inviter.receive(mailboxId, hand.seal("abort", [reason!]), 0))).toBe(code);
    }
  });

  test("is not taken from somebody outside the pairing", () => {
    const { inviter, mailboxId } = claimedByHand();
    const random = seededRandom("outside");
    const forged = sealMessage(random(32), "joiner", "abort", ["LK-PAIR-CANCELLED"], random);
    expect(closing(inviter.receive(mailboxId, forged, 0))).toBe("LK-PAIR-CHANGED");
  });
});
