/**
 * Who may ask the loopback server for what (experience.md § 12). Any page in any browser of this machine can reach it, so each request is
 * judged by what the browser itself says of its sender:
 *
 * | request             | refused unless                                                              | with |
 * |---------------------|-----------------------------------------------------------------------------|------|
 * | any                 | `Host` is a loopback name with our port: a foreign name that was rebound    | 421  |
 * | a file              | `Sec-Fetch-Site` is same-origin or none; a person's own way to the page too | 403  |
 * | a write, a socket   | `Origin` is that of our own page; missing is foreign                        | 403  |
 *
 * It does not ask for tokens: `tokens.ts`.
 */
import type { IncomingHttpHeaders } from "node:http";

/** The status to refuse with. */
export type Refusal = 421 | 403;

const NAMES = ["localhost", "127.0.0.1", "[::1]"];

function judgeHost({ host }: IncomingHttpHeaders, port: number): Refusal | null {
  return NAMES.some((name) => host === `${name}:${port}`) ? null : 421;
}

const isOwnOrigin = ({ origin, host }: IncomingHttpHeaders): boolean => origin === `http://${host}`;

/** `null`: go on. `isPage`: the page itself, which holds nothing that is secret and may be linked to. */
export function judgeRead(headers: IncomingHttpHeaders, port: number, isPage: boolean): Refusal | null {
  const site = headers["sec-fetch-site"];
  const isOurs = site === "same-origin" || site === "none";
  const isNavigation = headers["sec-fetch-mode"] === "navigate" && headers["sec-fetch-dest"] === "document";
  return judgeHost(headers, port) ?? (isOurs || (isPage && isNavigation) ? null : 403);
}

/** `null`: go on. */
export function judgeWrite(headers: IncomingHttpHeaders, port: number): Refusal | null {
  const isSameSite = headers["sec-fetch-site"] === "same-origin";
  return judgeHost(headers, port) ?? (isOwnOrigin(headers) && isSameSite ? null : 403);
}

/** `null`: go on. Browsers differ in what they say of a socket's site; all of them say its origin. */
export function judgeUpgrade(headers: IncomingHttpHeaders, port: number): Refusal | null {
  return judgeHost(headers, port) ?? (isOwnOrigin(headers) ? null : 403);
}
