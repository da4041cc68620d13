/** A site's letter on one of a few colours that stay the same for the site. No picture is ever fetched. */

const COLOURS = 6;

export function Tile({ name }: { readonly name: string }) {
  const letter = /^(?:www\.)?(.)/u.exec(name)?.[1]?.toLocaleUpperCase() ?? "?";
  let sum = 0;
  for (const sign of name) sum = (sum * 31 + (sign.codePointAt(0) ?? 0)) % 9973;
  return (
    <span class={`tile tile-${sum % COLOURS}`} aria-hidden="true">
      {letter}
    </span>
  );
}
