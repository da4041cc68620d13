/** The shape of source files: size, header, name. */
import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import { filesOf, programFiles, readText, sourceFiles } from "./tree.ts";

const MAX_LINES = 300;

/** Catalogues grow with the list of error codes; they hold sentences, no logic. */
const CATALOGUE = /^packages\/core\/src\/words\/errors-[a-z]{2}\.ts$/;

/** A header that only repeats the name says nothing: it takes a sentence. */
const MIN_HEADER_LENGTH = 24;

const files = [...sourceFiles(), ...programFiles()];

/** The text of the comment that a file begins with, after a `#!` line; empty if it begins otherwise. */
function headerOf(source: string): string {
  const match = /^(?:#![^\n]*\n)?\/\*\*(?<text>[\s\S]*?)\*\//.exec(source);
  return (match?.groups?.["text"] ?? "").replaceAll(/^\s*\*/gm, "").trim();
}

describe("every source file", () => {
  test(`has fewer than ${MAX_LINES} lines`, () => {
    const long = files
      .filter((file) => !CATALOGUE.test(file))
      .map((file) => ({ file, lines: readText(file).trimEnd().split("\n").length }))
      .filter(({ lines }) => lines >= MAX_LINES);
    expect(long).toEqual([]);
  });

  test("begins with a comment that says what it is", () => {
    expect(files.filter((file) => headerOf(readText(file)).length < MIN_HEADER_LENGTH)).toEqual([]);
  });

  test("is named in kebab case after the one thing inside", () => {
    const dumping = /^(?:utils?|helpers?|types|common|misc|shared)\.tsx?$/;
    const odd = files.filter((file) => {
      const name = basename(file);
      return !/^[a-z0-9]+(?:-[a-z0-9]+)*\.(?:tsx?|js)$/.test(name) || dumping.test(name);
    });
    expect(odd).toEqual([]);
  });

  test("is no barrel: the exports map is the public face, the relay protocol has the one index", () => {
    expect(files.filter((file) => /\/index\.tsx?$/.test(file))).toEqual(
      ["packages/core/src/relay-protocol/index.ts"].filter((file) => files.includes(file)),
    );
  });

  test("leaves no work for later in a comment", () => {
    const marks = /\b(?:TODO|FIXME|XXX)\b/;
    expect(files.filter((file) => marks.test(readText(file)))).toEqual([]);
  });
});

describe("every test", () => {
  test("runs, unless the machine lacks what it needs", () => {
    const switchedOff = /\b(?:describe|test|it)(?:\.\w+)*\.(?:skip|todo|only|fails)\b/;
    const tests = filesOf("packages/*/test/**/*.test.ts", "test/**/*.test.ts");
    expect(
      tests.filter((file) => !file.startsWith("test/reporter/") && switchedOff.test(readText(file))),
    ).toEqual([]);
  });
});
