/** The text on a page: what people type, and how each mistake is found where it is. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeHex } from "../../src/bytes/text.ts";
import { findWrongGroups, PAGE_GROUPS, partOfPage } from "../../src/recovery/page-groups.ts";
import { encodePagePicture, encodePageText, readPage } from "../../src/recovery/page-text.ts";
import { countMissing, joinPages, splitSecret, wholePage } from "../../src/recovery/shares.ts";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const secret = Uint8Array.from({ length: 20 }, (_, i) => i * 13 + 1);
const groups = encodePageText(wholePage(secret));
const refusal = (code: string) => expect.objectContaining({ code }) as unknown;

const replaceGroup = (at: number, group: string): string =>
  groups.map((each, i) => (i === at ? group : each)).join(" ");

describe("a page's text", () => {
  test("is the one of the protocol's example", () => {
    expect(groups.join(" ")).toMatchInlineSnapshot(
      `"4000B 0471S PA1NG 897N1 RTBPJ GE893 VANQ4 RK8X7 XTZR2 CJTB1"`,
    );
  });

  test("comes back whatever the bytes are", () => {
    const page = fc.record({
      part: fc.integer({ min: 0, max: 3 }),
      place: fc.integer({ min: 0, max: 255 }),
      set: fc.integer({ min: 0, max: 127 }),
      bytes: fc.uint8Array({ minLength: 20, maxLength: 20 }),
    });
    fc.assert(
      fc.property(page, (each) => {
        expect(readPage(encodePageText(each).join("-")).page).toEqual(each);
      }),
    );
  });

  test("is read as people write it: small letters, spaces, none, O for 0 and l for 1", () => {
    const text = groups.join("");
    const written = groups.join(" ").toLowerCase().replaceAll("0", "o").replaceAll("1", "l");
    for (const each of [text, written, ` ${groups.join("\n")} `, groups.join("–")])
      expect(encodeHex(readPage(each).page.bytes)).toBe(encodeHex(secret));
  });

  test("finds every single wrong character, in its group", () => {
    for (let group = 0; group < PAGE_GROUPS; group++) {
      for (let at = 0; at < 5; at++) {
        for (const wrong of ALPHABET) {
          const right = groups[group] as string;
          if (right[at] === wrong) continue;
          const text = replaceGroup(group, right.slice(0, at) + wrong + right.slice(at + 1));
          expect(findWrongGroups(text)).toEqual([group + 1]);
        }
      }
    }
  });

  test("finds two neighbours that are swapped, and two groups", () => {
    for (let group = 0; group < PAGE_GROUPS; group++) {
      const [...letters] = groups[group] as string;
      for (let at = 0; at < 4; at++) {
        const [a, b] = [letters[at] as string, letters[at + 1] as string];
        if (a === b) continue;
        const swapped = letters.toSpliced(at, 2, b, a).join("");
        expect(findWrongGroups(replaceGroup(group, swapped))).toEqual([group + 1]);
      }
    }
    const swapped = [groups[0], groups[2], groups[1], ...groups.slice(3)].join(" ");
    expect(findWrongGroups(swapped)).toEqual([2, 3]);
    expect(() => readPage(swapped)).toThrow(expect.objectContaining({ message: "groups 2, 3" }));
  });

  test("names the group in which a character is missing or too many", () => {
    const fourth = groups[3] as string;
    for (const wrong of [fourth.slice(1), `${fourth}7`, fourth.replace(/.$/, "U")]) {
      const text = replaceGroup(3, wrong);
      expect(findWrongGroups(text)).toEqual([4]);
      expect(() => readPage(text)).toThrow(refusal("LK-RECOVERY-TYPO"));
    }
  });

  test("says nothing of a group that is still being typed", () => {
    expect(findWrongGroups(`${groups[0]} ${groups[1]?.slice(0, 3)}`)).toEqual([]);
    expect(findWrongGroups("")).toEqual([]);
    expect(() => readPage(groups.slice(0, 4).join(" "))).toThrow(refusal("LK-RECOVERY-MALFORMED"));
  });

  test("finds what passes every group by the check of all", () => {
    const other = encodePageText(wholePage(new Uint8Array(20)));
    const mixed = [...groups.slice(0, 5), ...other.slice(5)].join(" ");
    expect(findWrongGroups(mixed)).toEqual([]);
    expect(() => readPage(mixed)).toThrow(refusal("LK-RECOVERY-TYPO"));
  });

  test("is refused when it is something else", () => {
    for (const text of ["LKPAGE2 AAAAA", "hello world", "🙂".repeat(50)])
      expect(() => readPage(text)).toThrow(expect.objectContaining({ name: "VaultError" }));
  });

  test("in a picture brings the relays, and nothing that a QR code cannot hold as capitals", () => {
    const text = encodePagePicture(wholePage(secret), ["wss://relay.example", "ws://192.168.1.7:8443"]);
    expect(text).toMatch(/^[0-9A-Z $%*+\-./:]+$/);
    const { page, relays } = readPage(text);
    expect(page).toEqual(wholePage(secret));
    expect(relays).toEqual(["wss://relay.example", "ws://192.168.1.7:8443"]);
  });
});

describe("shares", () => {
  test("any two of three give the secret, in either order; with a third beside them too", async () => {
    const shares = await splitSecret(secret);
    expect(shares.map(({ part }) => part)).toEqual([1, 2, 3]);
    const read = shares.map((share) => readPage(encodePageText(share).join(" ")).page);
    for (const [a, b] of [
      [0, 1],
      [1, 0],
      [0, 2],
      [2, 1],
    ] as const)
      expect(await joinPages([read[a]!, read[b]!])).toEqual(secret);
    expect(await joinPages(read)).toEqual(secret);
  });

  test("one alone, one twice, shares of two secrets and a whole page beside a share are refused", async () => {
    const [first, second] = (await splitSecret(secret)) as [never, never];
    const [, foreign] = (await splitSecret(new Uint8Array(20).fill(9))) as [never, never];
    expect(countMissing([first])).toBe(1);
    expect(countMissing([first, first])).toBe(1);
    expect(countMissing([first, second])).toBe(0);
    for (const pages of [[], [first], [first, first], [first, foreign], [first, wholePage(secret)]])
      await expect(joinPages(pages)).rejects.toEqual(refusal("LK-RECOVERY-SHARES"));
  });

  test("are other ones each time, and as long as the secret", async () => {
    const [one] = await splitSecret(secret);
    const [other] = await splitSecret(secret);
    expect(one?.bytes).not.toEqual(other?.bytes);
    expect(one?.bytes).toHaveLength(20);
  });
});

test("which page it is stands in its first character, before the rest is typed", async () => {
  expect(partOfPage(groups.join(" "))).toBe(0);
  const shares = await splitSecret(secret);
  expect(shares.map((share) => partOfPage(encodePageText(share)[0]?.charAt(0) ?? ""))).toEqual([1, 2, 3]);
  expect([partOfPage(""), partOfPage("?")]).toEqual([null, null]);
});
