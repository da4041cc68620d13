/** An honest pairing from the QR code to the end, and every way in which it ends early by itself. */
import { describe, expect, test } from "vitest";
import { isVaultError } from "../../src/errors.ts";
import { parseInvitation } from "../../src/pairing/invitation.ts";
import { createInviter } from "../../src/pairing/inviter.ts";
import { MAX_WELCOME_BYTES } from "../../src/pairing/pairing-messages.ts";
import {
  APP_ADDRESS,
  candidateOf,
  type Effect,
  joinerOf,
  ELSEWHERE,
  kinds,
  pairUpTo,
  PHONE,
  pick,
  RELAYS,
  seededRandom,
  type Stage,
  startInviter,
  startJoiner,
  WELCOME,
  WORDS,
} from "./ceremony.ts";

const MINUTE = 60_000;
const wrongCode = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, "0");
const closing = (effects: readonly Effect[]) => pick(effects, "closed").code;
const codeOf = (act: () => unknown) => {
  try {
    act();
  } catch (error) {
    if (isVaultError(error)) return error.code;
    throw error;
  }
  return null;
};

describe("pairing", () => {
  test("brings the welcome to the device whose code was typed", () => {
    const { inviter, text, mailboxId } = startInviter();
    const { joiner, claim } = startJoiner(text);

    const claimed = inviter.receive(mailboxId, claim, 0);
    expect(kinds(claimed)).toEqual(["claimed", "send"]);

    const shown = joiner.receive(pick(claimed, "send").message, 0);
    expect(kinds(shown)).toEqual(["send", "show-code"]);
    const { code, fingerprintWords } = pick(shown, "show-code");
    expect(fingerprintWords).toBe(WORDS);

    const asked = inviter.receive(mailboxId, pick(shown, "send").message, 0);
    expect(asked).toEqual([{ kind: "ask-code", candidate: candidateOf(PHONE), triesLeft: 3 }]);

    const approved = inviter.enterCode(` ${code.slice(0, 3)} ${code.slice(3)}`, 0);
    expect(approved).toEqual([{ kind: "approved", candidate: candidateOf(PHONE) }]);

    const welcomed = inviter.welcome(WELCOME, 0);
    const opened = joiner.receive(pick(welcomed, "send").message, 0);
    expect(opened).toEqual([{ kind: "open-welcome", content: WELCOME }]);

    const accepted = joiner.accept();
    expect(closing(accepted)).toBeNull();
    const done = inviter.receive(mailboxId, pick(accepted, "send").message, 0);
    expect(kinds(done)).toEqual(["close-mailbox", "closed"]);
    expect(pick(done, "closed")).toEqual({ kind: "closed", code: null, isWelcomed: true });
  });

  test("tells the same story from the same seed, and another from another", () => {
    expect(pairUpTo("done", "a").messages).toEqual(pairUpTo("done", "a").messages);
    expect(pairUpTo("done", "a").code).not.toBe(pairUpTo("done", "b").code);
  });

  test("stays within a mailbox with the largest welcome", () => {
    const { inviter, joiner, mailboxId, message, messages, code } = pairUpTo("introduction");
    inviter.receive(mailboxId, message, 0);
    inviter.enterCode(code, 0);
    const content = new Uint8Array(MAX_WELCOME_BYTES).fill(7);
    const welcome = pick(inviter.welcome(content, 0), "send").message;
    expect(pick(joiner.receive(welcome, 0), "open-welcome").content).toEqual(content);
    const all = [...messages, welcome, pick(joiner.accept(), "send").message];
    expect(all.length).toBeLessThanOrEqual(8);
    expect(all.reduce((total, one) => total + one.length, 0)).toBeLessThan(65_536);
  });

  test("hides the length of names, and which short message is which", () => {
    const [claim, answer, introduction, , done] = pairUpTo("done").messages.map((message) => message.length);
    expect(claim).toBe(answer);
    expect(done).toBe(answer);
    const { inviter, text, mailboxId } = startInviter();
    const { joiner } = joinerOf(text, {
      name: "a name that is as long as the name of a device may ever be, yes",
    });
    const answered = inviter.receive(mailboxId, pick(joiner.begin(0), "send").message, 0);
    const long = pick(joiner.receive(pick(answered, "send").message, 0), "send").message;
    expect(long.length).toBe(introduction);
  });

  test("sends no welcome before the code, nor twice, nor one that is too large", () => {
    const { inviter, mailboxId, message, code } = pairUpTo("introduction");
    expect(inviter.welcome(WELCOME, 0)).toEqual([]);
    inviter.receive(mailboxId, message, 0);
    expect(inviter.welcome(WELCOME, 0)).toEqual([]);
    inviter.enterCode(code, 0);
    expect(() => inviter.welcome(new Uint8Array(MAX_WELCOME_BYTES + 1), 0)).toThrow(RangeError);
    expect(() => inviter.welcome(new Uint8Array(0), 0)).toThrow(RangeError);
    expect(kinds(inviter.welcome(WELCOME, 0))).toEqual(["send"]);
    expect(inviter.welcome(WELCOME, 0)).toEqual([]);
  });

  test("ignores a message that a relay delivers twice", () => {
    const { inviter, joiner, mailboxId, messages } = pairUpTo("welcome");
    const [claim, answer, introduction, welcome] = messages as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    expect(inviter.receive(mailboxId, claim, 0)).toEqual([]);
    expect(inviter.receive(mailboxId, introduction, 0)).toEqual([]);
    expect(joiner.receive(answer, 0)).toEqual([]);
    joiner.receive(welcome, 0);
    expect(joiner.receive(welcome, 0)).toEqual([]);
    const done = pick(joiner.accept(), "send").message;
    expect(closing(inviter.receive(mailboxId, done, 0))).toBeNull();
  });
});

describe("pairing code", () => {
  const typing = () => {
    const ceremony = pairUpTo("introduction");
    ceremony.inviter.receive(ceremony.mailboxId, ceremony.message, 0);
    return ceremony;
  };

  test("may be wrong twice", () => {
    const { inviter, code } = typing();
    for (const triesLeft of [2, 1]) {
      const refused = { kind: "refuse-code", code: "LK-PAIR-CODE-WRONG", triesLeft };
      expect(inviter.enterCode(wrongCode(code), 0)).toEqual([refused]);
    }
    expect(kinds(inviter.enterCode(code, 0))).toEqual(["approved"]);
  });

  test("ends the pairing when it is wrong three times, for good and on both sides", () => {
    const { inviter, joiner, code } = typing();
    inviter.enterCode(wrongCode(code), 0);
    inviter.enterCode(wrongCode(code), 0);
    const ended = inviter.enterCode(wrongCode(code), 0);
    expect(kinds(ended)).toEqual(["send", "close-mailbox", "closed"]);
    expect(pick(ended, "closed")).toEqual({ kind: "closed", code: "LK-PAIR-CODE-LIMIT", isWelcomed: false });
    expect(inviter.enterCode(code, 0)).toEqual([]);
    expect(inviter.welcome(WELCOME, 0)).toEqual([]);
    expect(closing(joiner.receive(pick(ended, "send").message, 0))).toBe("LK-PAIR-CODE-LIMIT");
  });

  test("costs no try when it is not six digits", () => {
    const { inviter, code } = typing();
    for (const text of ["", code.slice(1), `${code}0`, "abcdef"])
      expect(pick(inviter.enterCode(text, 0), "refuse-code").triesLeft).toBe(3);
  });

  test("is not taken before a device has introduced itself", () => {
    const { inviter, code } = pairUpTo("introduction");
    expect(inviter.enterCode(code, 0)).toEqual([]);
  });

  test("leads to nothing that the new device could see, right or wrong, before the welcome", () => {
    const { inviter, code } = typing();
    expect(kinds(inviter.enterCode(wrongCode(code), 0))).not.toContain("send");
    expect(kinds(inviter.enterCode(code, 0))).not.toContain("send");
  });
});

describe("invitations on the screen", () => {
  test("are renewed each minute, with another mailbox, key and psk, and at most two are alive", () => {
    const { inviter, text, mailboxId } = startInviter();
    expect(inviter.tick(MINUTE - 1)).toEqual([]);
    const second = inviter.tick(MINUTE);
    expect(kinds(second)).toEqual(["open-mailbox", "show-invitation"]);
    const first = parseInvitation(text).invitation;
    const renewed = parseInvitation(pick(second, "show-invitation").text).invitation;
    for (const field of ["mailboxId", "publicKey", "psk"] as const)
      expect(renewed[field]).not.toEqual(first[field]);
    const third = inviter.tick(2 * MINUTE);
    expect(kinds(third)).toEqual(["close-mailbox", "open-mailbox", "show-invitation"]);
    expect(pick(third, "close-mailbox").mailboxId).toEqual(mailboxId);
  });

  test("are dead at two minutes and not a moment before", () => {
    const early = startInviter();
    expect(
      kinds(early.inviter.receive(early.mailboxId, startJoiner(early.text).claim, 2 * MINUTE - 1)),
    ).toContain("claimed");
    const late = startInviter();
    expect(
      kinds(late.inviter.receive(late.mailboxId, startJoiner(late.text).claim, 2 * MINUTE)),
    ).not.toContain("claimed");
  });

  test("are both burnt by one claim", () => {
    const { inviter, text, mailboxId } = startInviter();
    const second = inviter.tick(MINUTE);
    const claimed = inviter.receive(mailboxId, startJoiner(text).claim, MINUTE);
    expect(kinds(claimed)).toEqual(["claimed", "close-mailbox", "send"]);
    const other = pick(second, "open-mailbox").mailboxId;
    expect(pick(claimed, "close-mailbox").mailboxId).toEqual(other);
    const late = startJoiner(pick(second, "show-invitation").text, "late");
    expect(inviter.receive(other, late.claim, MINUTE)).toEqual([]);
    expect(inviter.tick(2 * MINUTE)).toEqual([]);
  });

  test("stop after five renewals until the person wants another", () => {
    const { inviter } = startInviter();
    inviter.extend(0);
    const story = Array.from({ length: 8 }, (_, i) => kinds(inviter.tick((i + 1) * MINUTE)));
    expect(story.filter((effects) => effects.includes("show-invitation"))).toHaveLength(5);
    expect(story[5]).toEqual(["close-mailbox", "ask-renewal"]);
    expect(story[6]).toEqual(["close-mailbox"]);
    expect(story[7]).toEqual([]);
    expect(kinds(inviter.renew(8 * MINUTE))).toEqual(["open-mailbox", "show-invitation"]);
    expect(kinds(inviter.tick(9 * MINUTE))).toContain("show-invitation");
  });

  test("are at most two, however often the person asks", () => {
    const { inviter } = startInviter();
    const open = [1];
    for (let press = 0; press < 5; press++) {
      const effects = kinds(inviter.renew(press + 1));
      open.push(
        open.at(-1)! +
          effects.filter((kind) => kind === "open-mailbox").length -
          effects.filter((kind) => kind === "close-mailbox").length,
      );
    }
    expect(open).toEqual([1, 2, 2, 2, 2, 2]);
  });

  test("are shown anew when the relay has lost the mailbox", () => {
    const { inviter, mailboxId } = startInviter();
    expect(kinds(inviter.loseMailbox(mailboxId, "gone", 1))).toEqual(["close-mailbox"]);
    expect(kinds(inviter.tick(2))).toEqual(["open-mailbox", "show-invitation"]);
  });

  test("are not shown at all with a relay or a name that nobody could read", () => {
    const deps = {
      random: seededRandom("x"),
      appAddress: APP_ADDRESS,
      relays: RELAYS,
      fingerprintWords: WORDS,
    };
    const bad = "relay.example.org";
    expect(codeOf(() => createInviter({ ...deps, relays: [{ origin: bad, token: null }] }).begin(0))).toBe(
      "LK-PAIR-MALFORMED",
    );
    expect(codeOf(() => createInviter({ ...deps, appAddress: bad }).begin(0))).toBe("LK-PAIR-MALFORMED");
    expect(codeOf(() => createInviter({ ...deps, fingerprintWords: "a\u001b[2J" }))).toBe(
      "LK-PAIR-MALFORMED",
    );
  });
});

describe("an end of a pairing", () => {
  const stages: readonly Stage[] = ["claim", "answer", "introduction", "welcome", "done"];

  test.for(stages)("comes to the inviter after five minutes, the %s being under way", (stage) => {
    const { inviter, mailboxId, message } = pairUpTo(stage);
    expect(inviter.endsAt()).toBe(5 * MINUTE);
    const ended = inviter.receive(mailboxId, message, 5 * MINUTE);
    expect(pick(ended, "closed")).toMatchObject({
      code: "LK-PAIR-EXPIRED",
      isWelcomed: stage === "welcome" || stage === "done",
    });
    expect(kinds(ended)).toContain("close-mailbox");
    for (const later of [inviter.tick(6 * MINUTE), inviter.receive(mailboxId, message, 0), inviter.cancel()])
      expect(later).toEqual([]);
  });

  test.for(stages.slice(1))("can be put off once, to ten minutes, the %s being under way", (stage) => {
    const { inviter } = pairUpTo(stage);
    inviter.extend(1);
    inviter.extend(2);
    expect(inviter.endsAt()).toBe(10 * MINUTE);
    expect(inviter.tick(10 * MINUTE - 1)).toEqual([]);
    expect(closing(inviter.tick(10 * MINUTE))).toBe("LK-PAIR-EXPIRED");
  });

  test("is too late for a code and for a welcome", () => {
    const { inviter, mailboxId, message, code } = pairUpTo("introduction");
    inviter.receive(mailboxId, message, 0);
    expect(closing(inviter.enterCode(code, 5 * MINUTE))).toBe("LK-PAIR-EXPIRED");
    const second = pairUpTo("introduction");
    second.inviter.receive(second.mailboxId, second.message, 0);
    second.inviter.enterCode(second.code, 0);
    expect(closing(second.inviter.welcome(WELCOME, 5 * MINUTE))).toBe("LK-PAIR-EXPIRED");
  });

  test("comes to the joiner when nobody answers, and when the welcome does not come", () => {
    const { joiner, message } = pairUpTo("answer");
    expect(joiner.tick(2 * MINUTE - 1)).toEqual([]);
    expect(closing(joiner.receive(message, 2 * MINUTE))).toBe("LK-PAIR-EXPIRED");
    const shown = pairUpTo("welcome");
    expect(shown.joiner.tick(10 * MINUTE - 1)).toEqual([]);
    expect(closing(shown.joiner.receive(shown.message, 10 * MINUTE))).toBe("LK-PAIR-EXPIRED");
    expect(shown.joiner.accept()).toEqual([]);
  });

  test.for(stages.slice(1))(
    "is told to the joiner when the inviter cancels, the %s being under way",
    (stage) => {
      const { inviter, joiner } = pairUpTo(stage);
      const cancelled = inviter.cancel();
      expect(kinds(cancelled)).toEqual(["send", "close-mailbox", "closed"]);
      expect(closing(cancelled)).toBe("LK-PAIR-CANCELLED");
      if (stage === "done") return;
      expect(closing(joiner.receive(pick(cancelled, "send").message, 0))).toBe("LK-PAIR-CANCELLED");
    },
  );

  test.for(stages.slice(1, 4))(
    "is told to the inviter when the joiner cancels, the %s being under way",
    (stage) => {
      const { inviter, joiner, mailboxId } = pairUpTo(stage);
      const cancelled = joiner.cancel();
      expect(kinds(cancelled)).toEqual(["send", "closed"]);
      const told = inviter.receive(mailboxId, pick(cancelled, "send").message, 0);
      expect(closing(told)).toBe("LK-PAIR-CANCELLED");
      expect(kinds(told)).not.toContain("send");
      expect(joiner.cancel()).toEqual([]);
    },
  );

  test("burns every invitation when the inviter cancels before a claim", () => {
    const { inviter } = startInviter();
    inviter.tick(MINUTE);
    expect(kinds(inviter.cancel())).toEqual(["close-mailbox", "close-mailbox", "closed"]);
  });

  test("is told to the inviter when the joiner refuses the welcome", () => {
    const { inviter, joiner, mailboxId, message } = pairUpTo("welcome");
    joiner.receive(message, 0);
    const refused = joiner.refuse("LK-PAIR-CHANGED");
    expect(closing(refused)).toBe("LK-PAIR-CHANGED");
    const told = inviter.receive(mailboxId, pick(refused, "send").message, 0);
    expect(pick(told, "closed")).toEqual({ kind: "closed", code: "LK-PAIR-CHANGED", isWelcomed: true });
  });

  test("comes with a third claimant, on both sides", () => {
    const { inviter, joiner, mailboxId } = pairUpTo("introduction");
    expect(closing(inviter.loseMailbox(mailboxId, "crowded", 0))).toBe("LK-PAIR-CROWDED");
    expect(closing(joiner.loseMailbox("crowded"))).toBe("LK-PAIR-CROWDED");
    const waiting = startInviter();
    expect(closing(waiting.inviter.loseMailbox(waiting.mailboxId, "crowded", 0))).toBe("LK-PAIR-CROWDED");
  });

  test("comes when the mailbox is gone, but not when it is somebody else's or no longer needed", () => {
    const { inviter, joiner, mailboxId, message } = pairUpTo("welcome");
    expect(inviter.loseMailbox(ELSEWHERE, "gone", 0)).toEqual([]);
    expect(pick(inviter.loseMailbox(mailboxId, "gone", 0), "closed")).toMatchObject({
      code: "LK-PAIR-EXPIRED",
      isWelcomed: true,
    });
    joiner.receive(message, 0);
    expect(joiner.loseMailbox("gone")).toEqual([]);
    expect(kinds(joiner.accept())).toEqual(["send", "closed"]);
    const scannedTwice = startJoiner(startInviter().text);
    expect(closing(scannedTwice.joiner.loseMailbox("gone"))).toBe("LK-PAIR-EXPIRED");
  });

  test("comes before the beginning on a device that has a vault, or a name that may not be shown", () => {
    const { text } = startInviter();
    expect(codeOf(() => joinerOf(text))).toBeNull();
    expect(codeOf(() => joinerOf(text, { hasVault: true }))).toBe("LK-PAIR-HAS-VAULT");
    for (const name of ["", "  ", "a\nb", "a\u001b[2J", "a\u202eb", "n".repeat(65)])
      expect(codeOf(() => joinerOf(text, { name }))).toBe("LK-PAIR-MALFORMED");
  });

  test("leaves the joiner without its secrets: the psk and the key's seed from the claim on", () => {
    const { joiner, invitation, drawn } = joinerOf(startInviter().text);
    joiner.begin(0);
    const [number, seed] = drawn;
    expect([invitation.psk, seed]).toEqual([new Uint8Array(32), new Uint8Array(32)]);
    expect(number).not.toEqual(new Uint8Array(32));
    joiner.cancel();
    expect(number).toEqual(new Uint8Array(32));
    const unused = joinerOf(startInviter().text);
    unused.joiner.cancel();
    expect(unused.invitation.psk).toEqual(new Uint8Array(32));
  });

  test("leaves the inviter without its secrets", () => {
    const drawn: Uint8Array[] = [];
    const random = seededRandom("wiped");
    const kept = (length: number) => {
      const bytes = random(length);
      if (length === 32) drawn.push(bytes);
      return bytes;
    };
    const inviter = createInviter({
      random: kept,
      appAddress: APP_ADDRESS,
      relays: RELAYS,
      fingerprintWords: WORDS,
    });
    const began = inviter.begin(0);
    const { claim } = startJoiner(pick(began, "show-invitation").text);
    inviter.receive(pick(began, "open-mailbox").mailboxId, claim, 0);
    inviter.cancel();
    // Seed of eE, psk, rE.
    expect(drawn).toEqual([new Uint8Array(32), new Uint8Array(32), new Uint8Array(32)]);
  });
});
