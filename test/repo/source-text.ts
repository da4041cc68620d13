/**
 * Reads TypeScript just as far as the repository's rules need: comments, string literals and import specifiers. A tokenizer by regular
 * expression: it knows nothing of regular-expression literals, which is good enough for sources that a formatter and a linter keep.
 */

const TOKEN =
  /(?<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;

const IMPORT =
  /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*|\bgetBuiltinModule\s*\(\s*|\bimport\.meta\.resolve\s*\(\s*)["'](?<specifier>[^"'\n]+)["']/g;

/** The source without its comments. */
export const withoutComments = (source: string): string =>
  source.replace(TOKEN, (token: string, text: string | undefined) => (text === undefined ? " " : token));

/** The string literals and templates of a source, without their quotes. */
export const stringsOf = (source: string): string[] =>
  [...source.matchAll(TOKEN)].flatMap(({ groups }) =>
    groups?.["text"] === undefined ? [] : [groups["text"].slice(1, -1)],
  );

/** What a source imports, statically or not, types included. */
export const importsOf = (source: string): string[] =>
  [...withoutComments(source).matchAll(IMPORT)].map(({ groups }) => groups?.["specifier"] ?? "");
