/** Which relays a restoration asks: those that a person gave and those on the page, and of an organization that has set one, that one. */
import { NO_POLICY, type PolicyReading } from "@latchkey/core/policy/policy";
import { parseRelayAddress } from "@latchkey/core/relay-protocol";
import { expect, test } from "vitest";
import { listPageRelays } from "../../src/host/restore-from-page.ts";

const PAGE = { page: { bytes: new Uint8Array() }, relays: ["https://home.example", "https://two.example"] };
const pages = [PAGE] as unknown as Parameters<typeof listPageRelays>[1];
const forced: PolicyReading = {
  ...NO_POLICY,
  policy: { ...NO_POLICY.policy, forceRelay: parseRelayAddress("https://firm.example") },
};
const originsOf = (given: readonly string[], reading: PolicyReading) =>
  listPageRelays(given, pages, reading).map(({ origin }) => origin);

test("asks those on the page and those that were given, each once", () => {
  expect(originsOf(["https://two.example"], NO_POLICY).toSorted()).toEqual([
    "https://home.example",
    "https://two.example",
  ]);
});

test("asks the relay of the organization alone, and refuses another one that was given", () => {
  expect(originsOf([], forced)).toEqual(["https://firm.example"]);
  expect(originsOf(["https://firm.example"], forced)).toEqual(["https://firm.example"]);
  expect(() => originsOf(["https://home.example"], forced)).toThrow(
    expect.objectContaining({ code: "LK-POLICY-FORBIDDEN" }),
  );
});
