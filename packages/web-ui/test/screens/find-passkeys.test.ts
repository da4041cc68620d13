/** The order of the list, and what a search finds. */
import { describe, expect, test } from "vitest";
import { createMatcher, sortPasskeys } from "../../src/screens/find-passkeys.ts";
import { passkey } from "../passkeys.ts";

describe("the list", () => {
  test("has favourites before the rest, the archive at the end, and sorts as the language does", () => {
    const names = ["Zebra", "ähnlich", "Apfel", "item 10", "item 9"];
    const list = [
      passkey({ title: "archived", archived: true }),
      ...names.map((title) => passkey({ title })),
      passkey({ title: "favourite", favourite: true }),
    ];
    expect(sortPasskeys(list, "de").map(({ title }) => title)).toEqual([
      "favourite",
      "ähnlich",
      "Apfel",
      "item 9",
      "item 10",
      "Zebra",
      "archived",
    ]);
  });

  test("has two accounts of one site by account, and one without a site by its id", () => {
    const list = [passkey({ user: "b" }), passkey({ site: null, id: "AAAA" }), passkey({ user: "a" })];
    expect(sortPasskeys(list, "en").map(({ user, id }) => user ?? id)).toEqual(["AAAA", "a", "b"]);
  });
});

describe("a search", () => {
  const mail = passkey({
    site: "mail.example",
    user: "ana@x",
    title: "Post",
    tags: ["family"],
    note: "the club's",
  });

  test.each(["mail", "MAIL", "ana@", "post", "fam", "club", "  ana   post ", ""])(
    "for %j finds it",
    (search) => {
      expect(createMatcher(search)(mail)).toBe(true);
    },
  );

  test.each(["bank", "ana bank", "postana"])("for %j does not", (search) => {
    expect(createMatcher(search)(mail)).toBe(false);
  });
});
