/** Which rpId a page may use: its origin, the public-suffix list, related origins. */
import { describe, expect, test } from "vitest";
import { encodeUtf8 } from "../../src/bytes/text.ts";
import { originOf } from "../../src/client/origin.ts";
import { registrableLabelOf } from "../../src/client/public-suffix.ts";
import type { FetchWellKnown, WellKnownResponse } from "../../src/client/related-origins.ts";
import { checkCallerOrigin, chooseRpId } from "../../src/client/rp-id.ts";
import { rejection } from "./support.ts";

const choose = (origin: string, asked: string | null, fetchWellKnown: FetchWellKnown | null = null) =>
  chooseRpId(checkCallerOrigin(origin), asked, fetchWellKnown);

describe("an origin", () => {
  test.for([
    ["https://example.org", "https://example.org"],
    ["https://example.org/", "https://example.org"],
    ["HTTPS://Example.ORG:443/Path?q#f", "https://example.org"],
    ["https://example.org:8443", "https://example.org:8443"],
    ["http://localhost:80/", "http://localhost"],
    ["https://xn--bcher-kva.example", "https://xn--bcher-kva.example"],
  ] as const)("of %s is %s", ([url, expected]) => {
    expect(originOf(url)?.serialized).toBe(expected);
  });

  test.for([
    "example.org",
    "ftp://example.org",
    "https:///example.org",
    "https://",
    "https://user@example.org",
    "https://example.org:port",
    "https://example.org:65536",
    "https://example.org.",
    "https://.example.org",
    "https://exa mple.org",
    "https://bücher.example",
    "https://192.0.2.1",
    "https://0x7f.1",
    "https://example.0x1f",
    "https://[::1]",
    String.raw`https://example.org\@evil.example`,
    `https://${"a".repeat(64)}.example`,
  ])("is not had from %s", (url) => {
    expect(originOf(url)).toBeNull();
  });
});

describe("a caller", () => {
  test.for([
    "https://example.org",
    "https://example.org:8443",
    "http://localhost",
    "http://localhost:3000",
    "http://shop.localhost:3000",
  ])("at %s is heard", (origin) => {
    expect(checkCallerOrigin(origin).serialized).toBe(origin);
  });

  test.for([
    { origin: "null", name: "NotAllowedError" },
    { origin: "http://example.org", name: "SecurityError" },
    { origin: "http://127.0.0.1:3000", name: "SecurityError" },
    { origin: "https://192.0.2.1", name: "SecurityError" },
    { origin: "https://[2001:db8::1]", name: "SecurityError" },
    { origin: "http://localhost.example", name: "SecurityError" },
    { origin: "http://evillocalhost", name: "SecurityError" },
    { origin: "https://Example.org", name: "SecurityError" },
    { origin: "https://example.org/", name: "SecurityError" },
    { origin: "https://example.org:443", name: "SecurityError" },
  ])("at $origin is refused with $name", ({ origin, name }) => {
    expect(() => checkCallerOrigin(origin)).toThrow(expect.objectContaining({ name }));
  });
});

describe("an rpId", () => {
  test.for([
    ["https://login.example.org", null, "login.example.org"],
    ["https://login.example.org:8443", null, "login.example.org"],
    ["https://login.example.org", "login.example.org", "login.example.org"],
    ["https://login.example.org", "example.org", "example.org"],
    ["https://a.b.example.co.uk", "example.co.uk", "example.co.uk"],
    ["https://a.me.github.io", "me.github.io", "me.github.io"],
    ["https://github.io", "github.io", "github.io"],
    ["http://localhost:3000", "localhost", "localhost"],
    ["http://shop.localhost", "shop.localhost", "shop.localhost"],
    ["https://a.www.ck", "www.ck", "www.ck"],
    ["https://a.b.intern", "b.intern", "b.intern"],
  ] as const)("of %s that asks for %s is %s", async ([origin, asked, expected]) => {
    expect(await choose(origin, asked)).toBe(expected);
  });

  test.for([
    { origin: "https://example.org", asked: "login.example.org", why: "a name below" },
    { origin: "https://evilexample.org", asked: "example.org", why: "no boundary at a dot" },
    { origin: "https://example.org", asked: "other.org", why: "another name" },
    { origin: "https://example.org", asked: "org", why: "a top-level domain" },
    { origin: "https://example.co.uk", asked: "co.uk", why: "a public suffix" },
    { origin: "https://me.github.io", asked: "github.io", why: "a private suffix" },
    { origin: "https://me.github.io", asked: "io", why: "the suffix of a private suffix" },
    { origin: "https://a.b.c.kobe.jp", asked: "c.kobe.jp", why: "a suffix by a wildcard" },
    { origin: "https://a.b.c.kobe.jp", asked: "kobe.jp", why: "a part of a suffix by a wildcard" },
    { origin: "https://shop.localhost", asked: "localhost", why: "a top-level domain that is not listed" },
    { origin: "https://b.s3.amazonaws.com", asked: "amazonaws.com", why: "a name above a public suffix" },
    { origin: "https://example.org", asked: "", why: "no name" },
    { origin: "https://login.example.org", asked: "Example.org", why: "another form" },
    { origin: "https://login.example.org", asked: ".example.org", why: "a dot in front" },
    { origin: "https://example.org", asked: "https://example.org", why: "an origin" },
    { origin: "https://example.org", asked: "192.0.2.1", why: "an address" },
  ])("$asked of $origin is refused: $why", async ({ origin, asked }) => {
    expect(await rejection(choose(origin, asked))).toMatchObject({ name: "SecurityError" });
  });
});

describe("related origins", () => {
  const asked: string[] = [];
  const answer =
    (body: unknown, changes: Partial<WellKnownResponse> = {}): FetchWellKnown =>
    async (url) => {
      asked.push(url);
      return {
        status: 200,
        contentType: "application/json; charset=utf-8",
        body: encodeUtf8(typeof body === "string" ? body : JSON.stringify(body)),
        ...changes,
      };
    };
  const ofShop = (fetchWellKnown: FetchWellKnown) =>
    choose("https://shop.example.co.uk", "example.com", fetchWellKnown);
  const many = (count: number) => Array.from({ length: count }, (_, i) => `https://site-${i}.test`);

  test("are asked for at the rpId, and only when the rpId does not suit otherwise", async () => {
    asked.length = 0;
    const list = answer({ origins: ["https://shop.example.co.uk"] });
    expect(await ofShop(list)).toBe("example.com");
    expect(asked).toEqual(["https://example.com/.well-known/webauthn"]);
    await choose("https://www.example.com", "example.com", list);
    expect(asked).toHaveLength(1);
  });

  test.for([
    ["among others", ["https://example.net", "https://shop.example.co.uk", "https://example.de"]],
    ["as a URL", ["https://SHOP.example.co.uk:443/anything"]],
    [
      "after what is no origin",
      ["", "nonsense", "https://192.0.2.1", "https://com", "https://shop.example.co.uk"],
    ],
    ["as the fifth name", [...many(4), "https://shop.example.co.uk"]],
    [
      "after six of a name that counts already",
      [...many(4), "https://example.de", "https://x.example.at", "https://shop.example.co.uk"],
    ],
  ] as const)("admit an origin that is listed %s", async ([, origins]) => {
    expect(await ofShop(answer({ origins }))).toBe("example.com");
  });

  test.for([
    ["is not there", many(2)],
    ["is there with another port", ["https://shop.example.co.uk:8443"]],
    ["is there with another scheme", ["http://shop.example.co.uk"]],
    ["is a name beside", ["https://example.co.uk"]],
    ["is the sixth name", [...many(5), "https://shop.example.co.uk"]],
  ] as const)("do not admit one that %s", async ([, origins]) => {
    expect(await rejection(ofShop(answer({ origins })))).toMatchObject({ name: "SecurityError" });
  });

  test.for([
    ["cannot be fetched", async () => Promise.reject(new Error("offline"))],
    ["is not found", answer({ origins: ["https://shop.example.co.uk"] }, { status: 404 })],
    ["is of another type", answer({ origins: ["https://shop.example.co.uk"] }, { contentType: "text/html" })],
    ["is of no type", answer({ origins: ["https://shop.example.co.uk"] }, { contentType: null })],
    ["is not JSON", answer("{origins")],
    ["is not UTF-8", answer("", { body: Uint8Array.of(0x22, 0xff, 0x22) })],
    ["is no object", answer('["https://shop.example.co.uk"]')],
    ["is null", answer("null")],
    ["has no list", answer({ origins: "https://shop.example.co.uk" })],
    ["lists what is not text", answer({ origins: ["https://shop.example.co.uk", 7] })],
    ["is too long", answer(`{"origins":["https://shop.example.co.uk"]${" ".repeat(256 * 1024)}}`)],
  ] as const)("are refused when the list %s", async ([, fetchWellKnown]) => {
    expect(await rejection(ofShop(fetchWellKnown))).toMatchObject({
      name: "SecurityError",
    });
  });

  test("are counted by the first label of what can be registered", () => {
    expect(
      ["www.example.co.uk", "example.com", "a.me.github.io", "github.io", "localhost"].map(
        registrableLabelOf,
      ),
    ).toEqual(["example", "example", "me", null, null]);
  });
});

describe("an rpId that a browser has checked", () => {
  const checked = (asked: string | null) =>
    chooseRpId(checkCallerOrigin("https://example.org"), asked, "checked");

  test.for([
    [null, "example.org"],
    ["example.org", "example.org"],
    ["example-shop.com", "example-shop.com"],
  ] as const)("%s is taken as %s, without a list", async ([asked, expected]) => {
    expect(await checked(asked)).toBe(expected);
  });

  test.for(["com", "co.uk", "192.0.2.1", "", "EXAMPLE.com"])("%j stays refused", async (asked) => {
    expect((await rejection(checked(asked))).name).toBe("SecurityError");
  });
});
