/** Launch tokens, page tokens and tickets on a clock of their own: what lasts how long, and what is worth nothing. */
import { describe, expect, test } from "vitest";
import { systemRandom } from "../../src/host/vault-host.ts";
import { createTokens } from "../../src/loopback/tokens.ts";

function make() {
  let time = 1_000;
  const tokens = createTokens({ clock: { now: () => time }, random: systemRandom });
  return { tokens, pass: (ms: number) => void (time += ms) };
}

describe("a launch token", () => {
  test("is good for a minute", () => {
    const { tokens, pass } = make();
    const [early, late] = [tokens.makeLaunch(), tokens.makeLaunch()];
    pass(59_999);
    expect(tokens.enter(early)).not.toBeNull();
    pass(1);
    expect(tokens.enter(late)).toBeNull();
  });

  test("is good once", () => {
    const { tokens } = make();
    const launch = tokens.makeLaunch();
    expect(tokens.enter(launch)).not.toBeNull();
    expect(tokens.enter(launch)).toBeNull();
  });
});

describe("a page token", () => {
  test("has 128 bits and is not the launch token", () => {
    const { tokens } = make();
    const launch = tokens.makeLaunch();
    const token = tokens.enter(launch) as string;
    expect(Buffer.from(token, "base64url")).toHaveLength(16);
    expect(token).not.toBe(launch);
    expect(tokens.makeTicket(launch)).toBeNull();
  });

  test("is worth nothing after a drop, and neither is its ticket; the page that was renewed goes on", () => {
    const { tokens } = make();
    const token = tokens.enter(tokens.makeLaunch()) as string;
    const page = tokens.useTicket(tokens.makeTicket(token) as string);
    const ticket = tokens.makeTicket(token) as string;
    tokens.drop();
    expect(tokens.makeTicket(token)).toBeNull();
    expect(tokens.useTicket(ticket)).toBeNull();
    const renewed = tokens.renew(page as { readonly number: number });
    expect(tokens.useTicket(tokens.makeTicket(renewed) as string)).toBe(page);
  });

  test("of the oldest page gives way when there are more pages than a person has tabs", () => {
    const { tokens } = make();
    const all = Array.from({ length: 17 }, () => tokens.enter(tokens.makeLaunch()) as string);
    expect(tokens.makeTicket(all[0] as string)).toBeNull();
    expect(tokens.makeTicket(all[1] as string)).not.toBeNull();
  });
});

describe("a ticket", () => {
  test("is good for ten seconds, once", () => {
    const { tokens, pass } = make();
    const token = tokens.enter(tokens.makeLaunch()) as string;
    const [first, second] = [tokens.makeTicket(token) as string, tokens.makeTicket(token) as string];
    expect(tokens.useTicket(first)).not.toBeNull();
    expect(tokens.useTicket(first)).toBeNull();
    pass(10_000);
    expect(tokens.useTicket(second)).toBeNull();
  });
});
