/** The six digits as text: how they are shown and what counts as typed. Apart from `code.ts`, for screens that need no cryptography. */

export const CODE_DIGITS = 6;

/** As it is shown: `482 913`. */
export function formatCode(code: string): string {
  return `${code.slice(0, CODE_DIGITS / 2)} ${code.slice(CODE_DIGITS / 2)}`;
}

/** The six digits of a typed or pasted text, spaces of any kind left out; `null` when it is not six digits. */
export function parseCode(text: string): string | null {
  const digits = text.replaceAll(/\s/g, "");
  return /^[0-9]{6}$/.test(digits) ? digits : null;
}
