/**
 * Which sites come first when passkeys are to be replaced (experience.md § 7, U7): those by which others can be taken over, then money, then work. By what
 * the person has said (tags, favourite), by the name of the site, and by a short list of well-known mail and domain services. A guess that orders a
 * list, and decides nothing.
 */
import type { Passkey } from "../vault/credentials.ts";

export const RANK_REASONS = ["mail", "domain", "bank", "work", "favourite", "used-there"] as const;
export type RankReason = (typeof RANK_REASONS)[number];

/** Mail resets other accounts, and a domain is where mail goes. */
const MAIL = new Set(
  "google.com microsoft.com live.com apple.com icloud.com yahoo.com proton.me fastmail.com gmx.net gmx.de web.de mail.de posteo.de mailbox.org tuta.com zoho.com t-online.de".split(
    " ",
  ),
);
const DOMAIN = new Set(
  "cloudflare.com namecheap.com godaddy.com gandi.net porkbun.com name.com ionos.de ionos.com inwx.de hetzner.com ovh.com".split(
    " ",
  ),
);
const BANK_WORD = /(?:^|[.-])(?:\w*bank\w*|paypal|\w*sparkasse\w*|wise|revolut|stripe|klarna)(?:[.-]|$)/;

export function listRankReasons({ record, tags, favourite }: Passkey): readonly RankReason[] {
  const site = record?.rpId ?? "";
  const within = (known: ReadonlySet<string>): boolean =>
    [...known].some((name) => site === name || site.endsWith(`.${name}`));
  const said = new Set(tags.map((tag) => tag.toLowerCase()));
  const reasons: RankReason[] = [];
  if (within(MAIL) || said.has("mail") || /(?:^|\.)mail\./.test(site)) reasons.push("mail");
  if (within(DOMAIN) || said.has("domain")) reasons.push("domain");
  if (BANK_WORD.test(site) || said.has("bank")) reasons.push("bank");
  if (said.has("work") || said.has("arbeit")) reasons.push("work");
  if (favourite) reasons.push("favourite");
  return reasons;
}

/** Lower comes first. */
export function rankOf(reasons: readonly RankReason[]): number {
  const places = reasons.map((reason) => RANK_REASONS.indexOf(reason));
  return places.length === 0 ? RANK_REASONS.length : Math.min(...places);
}
