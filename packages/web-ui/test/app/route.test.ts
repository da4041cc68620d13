/** Addresses behind the `#`: there and back, and home for all that is no address of ours. */
import { describe, expect, test } from "vitest";
import { addressOf, readRoute, type Route } from "../../src/app/route.ts";

describe("a route", () => {
  test.each<Route>([
    { screen: "passkeys" },
    { screen: "add-device" },
    { screen: "practice" },
    { screen: "passkey", id: "a-b_C9" },
  ])("%j is what its address says", (route) => {
    expect(readRoute(addressOf(route))).toEqual(route);
  });

  test.each([
    "",
    "#",
    "#launch=abc",
    "#/nothing",
    "#/passkey",
    "#/passkey/a b",
    "#/passkey/../x",
    "#//devices",
  ])("%j leads home", (hash) => {
    expect(readRoute(hash)).toEqual({ screen: "passkeys" });
  });
});
