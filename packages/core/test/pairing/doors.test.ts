/** Words that are told, and the code that a new device shows: the ceremony behind them is the same, and so is who stays out. */
import { describe, expect, test } from "vitest";
import { parseInvitation } from "../../src/pairing/invitation.ts";
import { formatPairingWords, makePairingWords, parsePairingWords } from "../../src/pairing/pairing-words.ts";
import { formatRequest, encodeRequest, isRequestText, parseRequest } from "../../src/pairing/request.ts";
import type { Nameplate } from "../../src/relay-protocol/room-id.ts";
import { loadWordList } from "../../src/words/word-list.ts";
import { kinds, pick, seededRandom, startInviter, STRANGER, WORDS, type Effect } from "./ceremony.ts";
import {
  type DoorName,
  type DoorStage,
  MAILBOX,
  pairThrough,
  scan,
  showRequest,
  tellWords,
  TOLD,
  typeWords,
} from "./doors.ts";

const closing = (effects: readonly Effect[]) => pick(effects, "closed").code;
/** Every byte under SLOW; otherwise the seams and a sample. */
const STRIDE = process.env["SLOW"] ? 1 : 97;
const SEAM_STRIDE = process.env["SLOW"] ? 1 : 5;
function placesIn(length: number): Set<number> {
  const places = new Set([30, 31, 32, 55, 56, length - 1]);
  for (let at = 0; at < length; at += at < 60 || at > length - 18 ? SEAM_STRIDE : STRIDE) places.add(at);
  return places;
}
const DOORS: readonly DoorName[] = ["words", "request"];
const STAGES: readonly DoorStage[] = ["claim", "answer", "introduction", "welcome", "done"];
const PAIRS = DOORS.flatMap((door) =>
  STAGES.filter((stage) => door === "words" || stage !== "claim").map((stage) => [door, stage] as const),
);

describe.each(DOORS)("by the door of %s", (door) => {
  test("a device joins: the same code on both sides, then the welcome, then both are done", () => {
    const { inviter, mailboxId, message } = pairThrough(door, "done");
    expect(closing(inviter.receive(mailboxId, message, 0))).toBeNull();
  });

  test("the new device sees whose vault it joins before its code", () => {
    const { joiner, message } = pairThrough(door, "answer");
    expect(pick(joiner.receive(message, 0), "show-code")).toMatchObject({ fingerprintWords: WORDS });
  });

  test("the inviter asks for the code with the name, and three wrong ones end it", () => {
    const { inviter, mailboxId, message, code } = pairThrough(door, "introduction");
    expect(pick(inviter.receive(mailboxId, message, 0), "ask-code").candidate.name).toBe("Ana's Pixel");
    const wrong = code === "000000" ? "000001" : "000000";
    inviter.enterCode(wrong, 0);
    inviter.enterCode(wrong, 0);
    expect(closing(inviter.enterCode(wrong, 0))).toBe("LK-PAIR-CODE-LIMIT");
  });

  test("nothing is left after five minutes", () => {
    expect(closing(pairThrough(door, "introduction").inviter.tick(300_000))).toBe("LK-PAIR-EXPIRED");
    expect(closing(pairThrough(door, "answer").joiner.tick(120_000))).toBe("LK-PAIR-EXPIRED");
  });
});

describe("a message that was changed on its way", () => {
  test.for(PAIRS)("ends the pairing, by the door of %s, whichever byte of the %s it is", ([door, stage]) => {
    const isToInviter = stage === "claim" || stage === "introduction" || stage === "done";
    const { length } = pairThrough(door, stage).message;
    for (const at of placesIn(length)) {
      const { inviter, joiner, mailboxId, message } = pairThrough(door, stage);
      const changed = message.slice();
      changed[at] = changed[at]! ^ (1 << (at % 8));
      const effects: readonly Effect[] = isToInviter
        ? inviter.receive(mailboxId, changed, 0)
        : joiner.receive(changed, 0);
      // A claim of words is under no key: then the answer to it opens nowhere.
      if (stage === "claim" && kinds(effects).includes("claimed"))
        expect(closing(joiner.receive(pick(effects, "send").message, 0))).toBe("LK-PAIR-WORDS-WRONG");
      else expect(kinds(effects)).toContain("closed");
    }
  });

  test.for(PAIRS)("ends the pairing, by the door of %s, wherever the %s is cut", ([door, stage]) => {
    const isToInviter = stage === "claim" || stage === "introduction" || stage === "done";
    const { length } = pairThrough(door, stage).message;
    for (const kept of [0, 1, 31, 32, 33, 55, 56, 71, length - 1024, length - 1]) {
      if (kept < 0) continue;
      const { inviter, joiner, mailboxId, message } = pairThrough(door, stage);
      const cut = message.slice(0, kept);
      const effects = isToInviter ? inviter.receive(mailboxId, cut, 0) : joiner.receive(cut, 0);
      expect(kinds(effects)).toContain("closed");
    }
  });
});

describe("who guesses the words", () => {
  const WRONG = { ...TOLD, words: ["copper", "orbit"] } as const;

  test("has one guess: both sides say so, and the mailbox is burnt", () => {
    const inviter = tellWords(TOLD);
    const { joiner, claim } = typeWords(WRONG, "thief", STRANGER);
    const answer = pick(inviter.receive(MAILBOX, claim, 0), "send").message;
    const refused = joiner.receive(answer, 0);
    expect(closing(refused)).toBe("LK-PAIR-WORDS-WRONG");
    const ended = inviter.receive(MAILBOX, pick(refused, "send").message, 0);
    expect(closing(ended)).toBe("LK-PAIR-WORDS-WRONG");
    expect(kinds(ended)).toContain("close-mailbox");
    const again = typeWords(TOLD, "thief", STRANGER);
    expect(inviter.receive(MAILBOX, again.claim, 0)).toEqual([]);
  });

  test("and says nothing more has used the words up all the same", () => {
    const inviter = tellWords(TOLD);
    inviter.receive(MAILBOX, typeWords(WRONG, "thief", STRANGER).claim, 0);
    const late = inviter.receive(MAILBOX, typeWords(TOLD).claim, 0);
    expect(closing(late)).toBe("LK-PAIR-WORDS-WRONG");
  });

  test.each([
    ["another number", { ...TOLD, nameplate: 4720 as Nameplate }],
    ["another relay", { ...TOLD, origin: "https://elsewhere.example" }],
    ["the words in another order", { ...TOLD, words: ["violin", "copper"] as const }],
  ])("is whoever comes with %s", (_, told) => {
    const { joiner, claim } = typeWords(told);
    const answer = pick(tellWords(TOLD).receive(MAILBOX, claim, 0), "send").message;
    expect(closing(joiner.receive(answer, 0))).toBe("LK-PAIR-WORDS-WRONG");
  });

  test("and plays the existing device towards the new one gets no code out of it", () => {
    const { joiner, claim } = typeWords(TOLD);
    const answer = pick(tellWords(WRONG, "relay").receive(MAILBOX, claim, 0), "send").message;
    const effects = joiner.receive(answer, 0);
    expect(kinds(effects)).not.toContain("show-code");
    expect(closing(effects)).toBe("LK-PAIR-WORDS-WRONG");
  });

  test("gets nothing by sending a claim back, or a share that is none", () => {
    const { joiner, claim } = typeWords(TOLD);
    expect(closing(joiner.receive(claim, 0))).toBe("LK-PAIR-WORDS-WRONG");
    for (const share of [new Uint8Array(32), new Uint8Array(32).fill(0xff)]) {
      const { joiner: other } = typeWords(TOLD);
      const message = pairThrough("words", "answer").message.slice();
      message.set(share);
      expect(closing(other.receive(message, 0))).toBe("LK-PAIR-WORDS-WRONG");
    }
  });
});

describe("the code of a new device", () => {
  test("is no link, and no invitation is taken for it", () => {
    const { text } = showRequest();
    expect(new URL(text).host).toBe("");
    expect(text).toMatch(/^latchkey-join:/);
    expect(() => parseInvitation(text)).toThrow(expect.objectContaining({ code: "LK-PAIR-MALFORMED" }));
    const invitation = startInviter().text;
    expect(isRequestText(invitation)).toBe(false);
    expect(() => parseRequest(invitation)).toThrow(expect.objectContaining({ code: "LK-PAIR-MALFORMED" }));
  });

  test("is read exactly: any cut, addition or other version is refused", () => {
    const { text } = showRequest();
    expect(formatRequest(encodeRequest(parseRequest(text)))).toBe(text);
    for (const odd of [text.slice(0, -1), `${text}A`, ` ${text}`, text.toUpperCase(), `${text}#x`])
      expect(() => parseRequest(odd)).toThrow(expect.objectContaining({ code: "LK-PAIR-MALFORMED" }));
    const bytes = encodeRequest(parseRequest(text));
    bytes[1] = 2;
    expect(() => parseRequest(formatRequest(bytes))).toThrow(
      expect.objectContaining({ code: "LK-PAIR-VERSION" }),
    );
  });

  test("with a public key of small order ends the pairing before anything is sent", () => {
    const { effects } = scan(showRequest().text, "desk", (r) => ({ ...r, publicKey: new Uint8Array(32) }));
    expect(kinds(effects)).not.toContain("send");
    expect(closing(effects)).toBe("LK-PAIR-MALFORMED");
  });

  test("that somebody photographed does not let them in before the scanner: they lack its secret key", () => {
    const { text } = showRequest();
    const { inviter, effects } = scan(text);
    const message = pick(effects, "send").message;
    // The thief has psk, mailbox and commitment, and answers with keys of their own.
    const thief = showRequest("thief", STRANGER).joiner;
    const ended = thief.receive(message, 0);
    expect(closing(ended)).toBe("LK-PAIR-CHANGED");
    const { mailboxId } = parseRequest(text);
    expect(closing(inviter.receive(mailboxId, new Uint8Array(1_064), 0))).toBe("LK-PAIR-CHANGED");
  });

  test("that somebody else scanned shows the new device another vault and another code", () => {
    const { joiner, text, mailboxId } = showRequest();
    const own = scan(text);
    const other = scan(text, "somebody else");
    const shown = pick(joiner.receive(pick(other.effects, "send").message, 0), "show-code");
    // Its introduction is for the other one.
    const { joiner: again } = showRequest();
    const introduction = pick(again.receive(pick(other.effects, "send").message, 0), "send").message;
    expect(closing(own.inviter.receive(mailboxId, introduction, 0))).toBe("LK-PAIR-CHANGED");
    expect(shown.code).toMatch(/^[0-9]{6}$/);
  });

  test("of another device than the one that answers is refused: it committed to what it is", () => {
    const { joiner, text, mailboxId } = showRequest();
    const { inviter, effects } = scan(text, "desk", (r) => ({
      ...r,
      commitment: new Uint8Array(32).fill(1),
    }));
    expect(closing(joiner.receive(pick(effects, "send").message, 0))).toBe("LK-PAIR-CHANGED");
    expect(closing(inviter.receive(mailboxId, new Uint8Array(1_064), 0))).toBe("LK-PAIR-CHANGED");
  });
});

describe("number and words", () => {
  test("are of the list, and any of its words comes up", async () => {
    const list = new Set(await loadWordList());
    const random = seededRandom("words");
    const drawn = new Set<string>();
    for (let i = 0; i < 400; i++) for (const word of await makePairingWords(random)) drawn.add(word);
    expect([...drawn].every((word) => list.has(word))).toBe(true);
    expect(drawn.size).toBeGreaterThan(600);
    expect(await makePairingWords(() => new Uint8Array(3).fill(0xff))).toEqual(["zoo", "zoo"]);
  });

  test.each(["4719-copper-violin", " 4719 Copper  VIOLIN ", "4719-copp-viol", "4719 copper-violins"])(
    "are read from %j",
    async (text) => {
      expect(await parsePairingWords(text)).toEqual({ nameplate: 4719, words: ["copper", "violin"] });
    },
  );

  test.each([
    "",
    "4719",
    "4719-copper",
    "0719-copper-violin",
    "12-copper-violin",
    "4719-copper-xxxx",
    "4719-a-b-c",
  ])("are not read from %j", async (text) => {
    expect(await parsePairingWords(text)).toBeNull();
  });

  test("are written as they are read", () => {
    expect(formatPairingWords(4719 as Nameplate, ["copper", "violin"])).toBe("4719-copper-violin");
  });
});
