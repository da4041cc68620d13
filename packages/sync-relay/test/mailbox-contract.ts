/** What every store of pairing mailboxes owes. Called by the suite of each adapter with a way to open a fresh one, and another on the same data. */
import type { MailboxId, Nameplate } from "@latchkey/core/relay-protocol";
import { describe, expect, test } from "vitest";
import type { MailboxLimits, MailboxSide, MailboxStore } from "../src/store/mailbox-store.ts";
import { bytesOf } from "./rig.ts";

export const MAILBOX_LIMITS: MailboxLimits = {
  mailboxTtlSeconds: 600,
  mailboxesTotal: 3,
  mailboxBytesTotal: 1000,
  nameplateSeconds: 300,
};

const id = (value: number): MailboxId => bytesOf(16, value) as MailboxId;
const token = (value: number): Uint8Array => bytesOf(16, value);
const START = 1_800_000_000_000;

export interface MailboxStores {
  readonly one: MailboxStore;
  /** Of another process, if there can be one; else the same. */
  readonly other: MailboxStore;
}

export function describeMailboxContract(
  name: string,
  openStores: (limits: MailboxLimits, clock: { now(): number }) => MailboxStores | Promise<MailboxStores>,
): void {
  async function open(limits: Partial<MailboxLimits> = {}) {
    const time = { now: START };
    const stores = await openStores({ ...MAILBOX_LIMITS, ...limits }, { now: () => time.now });
    return { ...stores, pass: (seconds: number) => (time.now += seconds * 1000) };
  }
  const asSide = (result: MailboxSide | string | null): MailboxSide => {
    if (result === null || typeof result === "string") throw new Error(`no side: ${result}`);
    return result;
  };
  async function pair(limits: Partial<MailboxLimits> = {}) {
    const stores = await open(limits);
    const opener = asSide(await stores.one.open(id(1), token(1), 300));
    const claimant = asSide(await stores.other.claim(id(1), token(2)));
    return { ...stores, opener, claimant };
  }
  async function named(limits: Partial<MailboxLimits> = {}) {
    const stores = await open(limits);
    const opener = asSide(await stores.one.open(id(1), token(1), 600));
    const given = await stores.one.name(opener.ref);
    if (given === null) throw new Error("no number");
    return { ...stores, opener, ...given };
  }

  describe(`${name}: a mailbox`, () => {
    test("has two sides, each of which comes back by its token", async () => {
      const { one, other, opener, claimant } = await pair();
      expect(opener).toMatchObject({ side: 0, secondsLeft: 300, received: 0 });
      expect(claimant).toMatchObject({ ref: opener.ref, side: 1, secondsLeft: 300, received: 0 });
      expect(await other.resume(id(1), token(1))).toEqual(opener);
      expect(await one.resume(id(1), token(2))).toEqual(claimant);
      expect(await one.resume(id(1), token(3))).toBeNull();
      expect(await one.resume(id(2), token(1))).toBeNull();
      expect(await one.news(opener, 0)).toEqual({ sides: 2, crowded: 0, messages: [] });
    });

    test("turns a third away, whichever way it comes, and counts it", async () => {
      const { one, other, opener } = await pair();
      expect(await other.claim(id(1), token(3))).toBe("crowded");
      expect(await one.open(id(1), token(3), 300)).toBe("crowded");
      expect(await other.news(opener, 0)).toMatchObject({ sides: 2, crowded: 2 });
    });

    test("takes one of many that claim at the same moment", async () => {
      const { one, other } = await open();
      await one.open(id(1), token(1), 300);
      const claims = await Promise.all(
        [2, 3, 4, 5, 6].map((value) => (value % 2 ? one : other).claim(id(1), token(value))),
      );
      expect(claims.filter((claim) => claim === "crowded")).toHaveLength(4);
    });

    test("holds what each side sent, in order, for the other", async () => {
      const { one, other, opener, claimant } = await pair();
      expect(await one.send(opener, 1, bytesOf(3, 1))).toBe("sent");
      expect(await one.send(opener, 2, bytesOf(3, 2))).toBe("sent");
      expect(await other.send(claimant, 1, bytesOf(3, 9))).toBe("sent");
      expect((await other.news(claimant, 0))?.messages).toEqual([bytesOf(3, 1), bytesOf(3, 2)]);
      expect((await other.news(claimant, 1))?.messages).toEqual([bytesOf(3, 2)]);
      expect((await one.news(opener, 0))?.messages).toEqual([bytesOf(3, 9)]);
      expect(await other.resume(id(1), token(1))).toMatchObject({ received: 2 });
    });

    test("takes a repeat for what it is, and nothing out of turn", async () => {
      const { one, opener } = await pair();
      await one.send(opener, 1, bytesOf(3, 1));
      expect(await one.send(opener, 1, bytesOf(3, 1))).toBe("sent");
      expect(await one.send(opener, 1, bytesOf(3, 2))).toBe("wrong");
      expect(await one.send(opener, 3, bytesOf(3, 3))).toBe("wrong");
      expect(await one.send(opener, 0, bytesOf(3, 3))).toBe("wrong");
    });

    test("burns at the ninth message, or when a side says so", async () => {
      const { one, other, opener, claimant } = await pair();
      for (let number = 1; number <= 4; number++) {
        await one.send(opener, number, bytesOf(1));
        await other.send(claimant, number, bytesOf(1));
      }
      expect(await one.send(opener, 5, bytesOf(1))).toBe("gone");
      expect([await one.news(opener, 0), await other.claim(id(1), token(2))]).toEqual([null, "gone"]);
      const again = asSide(await one.open(id(1), token(1), 300));
      await other.burn(again.ref);
      expect(await one.news(again, 0)).toBeNull();
      expect(await one.send(again, 1, bytesOf(1))).toBe("gone");
    });

    test("ends after its time, and no later than the relay allows", async () => {
      const { one, other, opener, pass } = await pair();
      pass(299);
      expect(await other.news(opener, 0)).not.toBeNull();
      expect(await other.resume(id(1), token(1))).toMatchObject({ secondsLeft: 1 });
      pass(1);
      expect([await other.news(opener, 0), await one.resume(id(1), token(1))]).toEqual([null, null]);
      expect([await one.send(opener, 1, bytesOf(1)), await one.claim(id(1), token(2))]).toEqual([
        "gone",
        "gone",
      ]);
      expect(asSide(await one.open(id(1), token(4), 10_000)).secondsLeft).toBe(600);
    });

    test("is one of so many, with so many bytes in all of them, given back when one ends", async () => {
      const { one, other, opener, claimant, pass } = await pair();
      const second = asSide(await other.open(id(2), token(1), 600));
      await one.open(id(3), token(1), 600);
      expect(await one.open(id(4), token(1), 600)).toBe("full");
      expect(await one.send(opener, 1, bytesOf(600))).toBe("sent");
      expect(await other.send(second, 1, bytesOf(401))).toBe("full");
      expect(await other.send(claimant, 1, bytesOf(400))).toBe("sent");
      pass(300);
      await other.expire();
      expect(await other.send(second, 1, bytesOf(1000))).toBe("sent");
      expect(await one.open(id(4), token(1), 600)).toMatchObject({ side: 0 });
    });

    test("tells whoever watches that it changed", async () => {
      const { one, other } = await open();
      const heard: (number | null)[] = [];
      one.watch((ref) => heard.push(ref));
      other.watch((ref) => heard.push(ref));
      const { ref } = asSide(await one.open(id(1), token(1), 300));
      for (const act of [
        () => other.claim(id(1), token(2)),
        () => other.claim(id(1), token(3)),
        () => one.send({ ref, side: 0, secondsLeft: 1, received: 0 }, 1, bytesOf(1)),
        () => other.burn(ref),
      ]) {
        heard.length = 0;
        await act();
        const watchers = one === other ? 1 : 2;
        await expect.poll(() => heard.filter((one) => one === ref).length, { timeout: 5000 }).toBe(watchers);
      }
    });
  });

  describe(`${name}: a nameplate`, () => {
    test("is a number of three digits while there are few, the same while it lives", async () => {
      const { one, other, opener, number, secondsLeft } = await named();
      expect(number).toBeGreaterThanOrEqual(100);
      expect(number).toBeLessThanOrEqual(999);
      expect(secondsLeft).toBe(300);
      expect(await other.name(opener.ref)).toEqual({ number, secondsLeft: 300 });
      const second = asSide(await one.open(id(2), token(1), 600));
      expect((await one.name(second.ref))?.number).not.toBe(number);
    });

    test("lets one claim, who comes back by it, and is a number that nobody has to everybody else", async () => {
      const { one, other, opener, number } = await named();
      expect(await one.claim((number === 999 ? 100 : number + 1) as Nameplate, token(2))).toBe("gone");
      const claimant = asSide(await other.claim(number, token(2)));
      expect(claimant).toMatchObject({ ref: opener.ref, side: 1 });
      expect(await one.claim(number, token(3))).toBe("gone");
      expect(await one.news(opener, 0)).toEqual({ sides: 2, crowded: 0, messages: [] });
      expect(await one.resume(number, token(2))).toEqual(claimant);
      expect(await one.resume(number, token(1))).toBeNull();
      expect(await one.name(opener.ref)).toBeNull();
    });

    test("takes one of many that claim it at the same moment", async () => {
      const { one, other, number } = await named();
      const claims = await Promise.all(
        [2, 3, 4, 5, 6].map((value) => (value % 2 ? one : other).claim(number, token(value))),
      );
      expect(claims.filter((claim) => claim === "gone")).toHaveLength(4);
    });

    test("can be claimed for five minutes; then there is another", async () => {
      const { one, other, opener, number, pass } = await named();
      pass(299);
      expect(await other.name(opener.ref)).toEqual({ number, secondsLeft: 1 });
      pass(1);
      expect(await other.claim(number, token(2))).toBe("gone");
      const next = await one.name(opener.ref);
      expect(next?.secondsLeft).toBe(300);
      expect(next?.number).not.toBe(number);
      expect(await other.claim(number, token(2))).toBe("gone");
      expect(await other.claim(next?.number as Nameplate, token(2))).toMatchObject({ side: 1 });
      pass(299);
      expect(await other.resume(next?.number as Nameplate, token(2))).not.toBeNull();
    });

    test("ends with its mailbox", async () => {
      const { one, other, opener, number } = await named();
      await one.burn(opener.ref);
      expect(await other.claim(number, token(2))).toBe("gone");
      expect(await one.name(opener.ref)).toBeNull();
    });

    test("is not given for a claimed mailbox, nor by a relay that gives none", async () => {
      const { one, opener } = await pair();
      expect(await one.name(opener.ref)).toBeNull();
      const none = await open({ nameplateSeconds: 0 });
      const { ref } = asSide(await none.one.open(id(1), token(1), 300));
      expect(await none.one.name(ref)).toBeNull();
    });
  });
}
