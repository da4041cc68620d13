/**
 * Text from elsewhere (site names, notes, file names), made safe to print: what steers a terminal or turns the reading direction is
 * shown as its code point. Without it a site's name could clear the screen or show another site's name.
 */

/** Controls (C0, delete, C1), line and paragraph separators, and the marks that change direction. */
// eslint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** `text` on one line, with `<U+001B>` in place of what would steer the terminal. */
export function makePrintable(text: string): string {
  return text.toWellFormed().replaceAll(UNPRINTABLE, (char) => `<U+${hexOf(char)}>`);
}

/** `value` as one line of JSON in which the same characters are escaped; a reader of JSON gets them back. */
export function stringifyPrintable(value: unknown): string {
  return JSON.stringify(value).replaceAll(UNPRINTABLE, (char) => `\\u${hexOf(char).toLowerCase()}`);
}

const hexOf = (char: string): string => char.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
