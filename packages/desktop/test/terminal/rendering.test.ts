/** Tables, JSON, and text from elsewhere that wants to be more than text. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { renderFailure, renderResult } from "../../src/terminal/json.ts";
import { makePrintable, stringifyPrintable } from "../../src/terminal/printable.ts";
import { measureWidth, renderTable } from "../../src/terminal/table.ts";

describe("a table", () => {
  test("aligns its columns and ends no line with spaces", () => {
    expect(
      renderTable(
        ["site", "account", "made on"],
        [
          ["example.org", "ana", "Desk"],
          ["a.test", "somebody@else"],
        ],
      ),
    ).toBe(
      "site         account        made on\nexample.org  ana            Desk\na.test       somebody@else",
    );
  });

  test("aligns wide and combined characters by what they take", () => {
    const lines = renderTable(
      ["a", "b"],
      [
        ["漢字", "x"],
        ["e\u0301", "x"],
        ["👩‍🔧", "x"],
        ["abcd", "x"],
      ],
    ).split("\n");
    expect(lines.slice(1).map((line) => measureWidth(line.slice(0, line.lastIndexOf("x"))))).toEqual([
      6, 6, 6, 6,
    ]);
  });

  test("shows control characters of a cell as text", () => {
    expect(renderTable(["site"], [["\u001b[31mred\nnext"]])).toBe("site\n<U+001B>[31mred<U+000A>next");
  });

  test("styles only the heading", () => {
    expect(renderTable(["a"], [["b"]], (text) => `*${text}*`)).toBe("*a*\nb");
  });

  test("of nothing is nothing", () => {
    expect(renderTable(["site"], [])).toBe("");
  });
});

describe("printable text", () => {
  test("holds nothing that steers a terminal, and plain text is left alone", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(makePrintable(text)).not.toMatch(/[\p{Cc}\u2028-\u202e\u2066-\u2069]/u);
        expect(JSON.parse(stringifyPrintable(text))).toBe(text);
        expect(stringifyPrintable(text)).not.toMatch(/[\p{Cc}\u2028-\u202e\u2066-\u2069]/u);
      }),
    );
    expect(makePrintable("Ana's Pixel · grüße 漢字 👍")).toBe("Ana's Pixel · grüße 漢字 👍");
  });
});

describe("JSON output", () => {
  const list = {
    passkeys: [
      { site: "a.test", user: "ana" },
      { site: "b.test", user: "bo" },
    ],
  };

  test("says schema and ok before the data", () => {
    expect(renderResult({ vault: "open" }, [])).toBe('{"schema":1,"ok":true,"vault":"open"}');
  });

  test("gives the fields that were asked for, of each thing in a list", () => {
    expect(JSON.parse(renderResult(list, ["site"]))).toEqual({
      schema: 1,
      ok: true,
      passkeys: [{ site: "a.test" }, { site: "b.test" }],
    });
  });

  test("gives the fields of a result that is no list", () => {
    expect(JSON.parse(renderResult({ locked: true, devices: 2 }, ["devices"]))).toEqual({
      schema: 1,
      ok: true,
      devices: 2,
    });
  });

  test("names the fields there are when one is unknown", () => {
    expect(() => renderResult(list, ["rp"])).toThrow(
      expect.objectContaining({ code: "LK-CLI-USAGE", hint: "the fields are site, user" }),
    );
  });

  test("takes any field of an empty list", () => {
    expect(JSON.parse(renderResult({ passkeys: [] }, []))).toEqual({ schema: 1, ok: true, passkeys: [] });
    expect(JSON.parse(renderResult({ passkeys: [] }, ["site"]))).toEqual({
      schema: 1,
      ok: true,
      passkeys: [],
    });
  });

  test("reports a failure as data", () => {
    expect(JSON.parse(renderFailure({ code: "LK-X", message: "m", text: "t", hint: "h" }))).toEqual({
      schema: 1,
      ok: false,
      code: "LK-X",
      message: "m",
      text: "t",
      hint: "h",
    });
  });
});
