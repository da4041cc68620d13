/** clientDataJSON, byte for byte. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeBase64url, decodeUtf8 } from "../../src/bytes/text.ts";
import { serializeClientData, toCcdString } from "../../src/client/client-data.ts";
import webauthn from "../vectors/webauthn.json" with { type: "json" };

interface Published {
  readonly type: "webauthn.create" | "webauthn.get";
  readonly challenge: string;
  readonly origin: string;
  readonly topOrigin?: string;
  readonly crossOrigin: boolean;
  readonly extraData?: string;
}

const published = webauthn.credentials
  .flatMap(({ section, title, registration, authentication }) =>
    [registration.clientDataJSON, authentication.clientDataJSON].map((json) => ({ section, title, json })),
  )
  .map((vector) => ({ ...vector, data: JSON.parse(vector.json) as Published }))
  // Additions of a client's own are not made here.
  .filter(({ data }) => data.extraData === undefined);

describe("client data", () => {
  test("is published for frames, too", () => {
    expect(published.length).toBeGreaterThan(8);
    expect(published.some(({ data }) => data.topOrigin !== undefined)).toBe(true);
  });

  test.for(published)("is that of WebAuthn Level 3 § $section, $title: $data.type", ({ json, data }) => {
    const bytes = serializeClientData({
      type: data.type,
      challenge: decodeBase64url(data.challenge) as Uint8Array,
      origin: data.origin,
      topOrigin: data.topOrigin ?? null,
    });
    expect(decodeUtf8(bytes)).toBe(json);
  });
});

test("a frame of another origin is one though nobody knows what is at the top", () => {
  const data = { type: "webauthn.get", challenge: Uint8Array.of(1), origin: "https://a.example" } as const;
  expect(decodeUtf8(serializeClientData({ ...data, topOrigin: null, isCrossOrigin: true }))).toBe(
    '{"type":"webauthn.get","challenge":"AQ","origin":"https://a.example","crossOrigin":true}',
  );
});

describe("CCDToString", () => {
  test.for([
    ["", '""'],
    ["https://example.org", '"https://example.org"'],
    ["a b", '"a b"'],
    ['a"b', String.raw`"a\"b"`],
    ["a\\b", String.raw`"a\\b"`],
    ["\u0000\t\n\u001f", String.raw`"\u0000\u0009\u000a\u001f"`],
    ["/<>&'\u007f\u2028é🔑", '"/<>&\'\u007f\u2028é🔑"'],
    ["\ud800", '"\ufffd"'],
  ] as const)("writes %j as %s", ([value, expected]) => {
    expect(toCcdString(value)).toBe(expected);
  });

  test("is JSON of the same text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (value) => {
        expect(JSON.parse(toCcdString(value))).toBe(value.toWellFormed());
      }),
    );
  });
});
