/**
 * What lets a page in (experience.md § 12): the launch token in the address that was opened, good once and for a minute; the page token
 * that the page gets for it and keeps in memory; the ticket that opens the page's socket. All are 128 random bits, kept here as hashes, so
 * that looking one up takes the same time however much of it was guessed.
 */
import { createHash } from "node:crypto";
import { encodeBase64url } from "@latchkey/core/bytes/text";
import type { Clock, Random } from "@latchkey/core/ports";

const TOKEN_BYTES = 16;
const LAUNCH_MS = 60_000;
const TICKET_MS = 10_000;
/** Open pages at once: more than a person's tabs. The oldest gives way. */
const MAX_PAGES = 16;

/** A page that was let in. Lives as long as its token is renewed. */
export interface Page {
  readonly number: number;
}

export interface Tokens {
  makeLaunch(): string;
  /** The page token for a launch token, or `null`. */
  enter(launch: string): string | null;
  /** The ticket for a page token, or `null`. */
  makeTicket(token: string): string | null;
  /** The page of a ticket, or `null`. */
  useTicket(ticket: string): Page | null;
  /** Makes every token and ticket worthless. */
  drop(): void;
  /** A new token for a page whose old one was dropped. */
  renew(page: Page): string;
}

export function createTokens({ clock, random }: { readonly clock: Clock; readonly random: Random }): Tokens {
  const launches = new Map<string, number>();
  const tickets = new Map<string, { readonly page: Page; readonly until: number }>();
  const pages = new Map<string, Page>();
  let count = 0;

  const make = (): string => encodeBase64url(random(TOKEN_BYTES));

  function admit(page: Page): string {
    const token = make();
    const [oldest] = pages.keys();
    if (pages.size >= MAX_PAGES && oldest !== undefined) pages.delete(oldest);
    pages.set(digest(token), page);
    return token;
  }

  return {
    makeLaunch() {
      for (const [key, until] of launches) if (until <= clock.now()) launches.delete(key);
      const launch = make();
      launches.set(digest(launch), clock.now() + LAUNCH_MS);
      return launch;
    },
    enter(launch) {
      const key = digest(launch);
      const until = launches.get(key);
      launches.delete(key);
      return until === undefined || until <= clock.now() ? null : admit({ number: ++count });
    },
    makeTicket(token) {
      const page = pages.get(digest(token));
      if (page === undefined) return null;
      for (const [key, { until }] of tickets) if (until <= clock.now()) tickets.delete(key);
      const ticket = make();
      tickets.set(digest(ticket), { page, until: clock.now() + TICKET_MS });
      return ticket;
    },
    useTicket(ticket) {
      const key = digest(ticket);
      const found = tickets.get(key);
      tickets.delete(key);
      return found === undefined || found.until <= clock.now() ? null : found.page;
    },
    drop() {
      pages.clear();
      tickets.clear();
    },
    renew: admit,
  };
}

const digest = (token: string): string => createHash("sha256").update(token).digest("base64url");
