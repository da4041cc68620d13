/** The QR text: nothing malformed passes, whatever passes is exactly what we would write. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeBase64url } from "../../src/bytes/text.ts";
import { type CborValue, encodeCbor } from "../../src/cbor/codec.ts";
import { type ErrorCode, isVaultError } from "../../src/errors.ts";
import { formatInvitation, type Invitation, parseInvitation } from "../../src/pairing/invitation.ts";
import type { MailboxId } from "../../src/relay-protocol/room-id.ts";
import { APP_ADDRESS, RELAYS } from "./ceremony.ts";

const runs = process.env["SLOW"] ? 20_000 : 200;
const invitation: Invitation = {
  relays: RELAYS,
  mailboxId: new Uint8Array(16).fill(1) as MailboxId,
  publicKey: new Uint8Array(32).fill(2),
  psk: new Uint8Array(32).fill(3),
};
const text = formatInvitation(APP_ADDRESS, invitation);
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const anyInvitation = fc.record({
  relays: fc.array(
    fc.record({
      origin: fc.stringMatching(/^https?:\/\/[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?(:[1-9][0-9]{3})?$/),
      token: fc.option(fc.uint8Array({ minLength: 16, maxLength: 64 })),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  mailboxId: bytes(16).map((id) => id as MailboxId),
  publicKey: bytes(32),
  psk: bytes(32),
});

/** `text` if it is read at all, the code if it is refused. */
function reread(candidate: string): string {
  try {
    const { appAddress, invitation: read } = parseInvitation(candidate);
    return formatInvitation(appAddress, read);
  } catch (error) {
    if (isVaultError(error)) return error.code;
    throw error;
  }
}
const withPayload = (payload: CborValue) => `${APP_ADDRESS}#${encodeBase64url(encodeCbor(payload))}`;
const fields = [1, invitation.mailboxId, invitation.publicKey, invitation.psk, ["https://relay.example.org"]];
const spoil = (index: number, value: CborValue) => withPayload(fields.with(index, value as never));

describe("invitation", () => {
  test("brings back every invitation it writes", () => {
    fc.assert(
      fc.property(anyInvitation, (original) => {
        const read = parseInvitation(formatInvitation(APP_ADDRESS, original));
        expect(read).toEqual({ appAddress: APP_ADDRESS, invitation: original });
      }),
      { numRuns: runs },
    );
  });

  test("fits a QR code of version 10 at level M with two relays, or one with a token", () => {
    expect(text.length).toBeLessThan(180);
    const withToken = [{ origin: "https://relay.example.org", token: new Uint8Array(16) }];
    expect(formatInvitation(APP_ADDRESS, { ...invitation, relays: withToken }).length).toBeLessThanOrEqual(
      213,
    );
    const relays = [...RELAYS, { origin: "http://192.168.178.20:8787", token: null }];
    expect(formatInvitation(APP_ADDRESS, { ...invitation, relays }).length).toBeLessThanOrEqual(213);
  });

  test("refuses any text or gives it back, character by character", () => {
    const anyText = fc.oneof(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.base64String({ maxLength: 300 }).map((payload) => `${APP_ADDRESS}#${payload}`),
      fc.uint8Array({ maxLength: 200 }).map((payload) => `${APP_ADDRESS}#${encodeBase64url(payload)}`),
      fc
        .tuple(fc.nat(text.length - 1), fc.string({ unit: "binary-ascii", minLength: 0, maxLength: 1 }))
        .map(([at, character]) => text.slice(0, at) + character + text.slice(at + 1)),
    );
    fc.assert(
      fc.property(anyText, (candidate) => {
        expect([candidate, "LK-PAIR-MALFORMED", "LK-PAIR-VERSION"]).toContain(reread(candidate));
      }),
      { numRuns: runs },
    );
  });

  const refused: readonly (readonly [string, string, ErrorCode])[] = [
    ["nothing", "", "LK-PAIR-MALFORMED"],
    ["another QR code", "https://example.org/menu", "LK-PAIR-MALFORMED"],
    ["an address without a payload", `${APP_ADDRESS}#`, "LK-PAIR-MALFORMED"],
    ["a payload without an address", text.slice(APP_ADDRESS.length), "LK-PAIR-MALFORMED"],
    ["an address that is not https", text.replace("https", "http"), "LK-PAIR-MALFORMED"],
    ["an app address with a space", text.replace("latchkey", "latch key"), "LK-PAIR-MALFORMED"],
    ["a text cut short", text.slice(0, -4), "LK-PAIR-MALFORMED"],
    ["a text with a tail", `${text}AAAA`, "LK-PAIR-MALFORMED"],
    ["a text that is far too long", `${text}${"A".repeat(2_000)}`, "LK-PAIR-MALFORMED"],
    ["padding", `${text}=`, "LK-PAIR-MALFORMED"],
    ["an older version", spoil(0, 0), "LK-PAIR-VERSION"],
    ["a newer version", spoil(0, 2), "LK-PAIR-VERSION"],
    ["a newer version of another form", withPayload([2, "whatever"]), "LK-PAIR-VERSION"],
    ["a version that is no number", spoil(0, "1"), "LK-PAIR-MALFORMED"],
    ["a payload that is no array", withPayload("1"), "LK-PAIR-MALFORMED"],
    ["a field too many", withPayload([...fields, null] as CborValue), "LK-PAIR-MALFORMED"],
    ["a short mailbox id", spoil(1, new Uint8Array(15)), "LK-PAIR-MALFORMED"],
    ["a long public key", spoil(2, new Uint8Array(33)), "LK-PAIR-MALFORMED"],
    ["a short psk", spoil(3, new Uint8Array(31)), "LK-PAIR-MALFORMED"],
    ["no relay", spoil(4, []), "LK-PAIR-MALFORMED"],
    [
      "five relays",
      spoil(
        4,
        Array.from({ length: 5 }, () => "https://a"),
      ),
      "LK-PAIR-MALFORMED",
    ],
    ["a relay that is no text", spoil(4, [["https://a", null]]), "LK-PAIR-MALFORMED"],
    ["a relay with a path", spoil(4, ["https://relay.example.org/x"]), "LK-PAIR-MALFORMED"],
    ["a relay in capitals", spoil(4, ["https://Relay.example.org"]), "LK-PAIR-MALFORMED"],
    ["a relay in another spelling", spoil(4, ["wss://relay.example.org"]), "LK-PAIR-MALFORMED"],
    ["a relay with a slash at its end", spoil(4, ["https://relay.example.org/"]), "LK-PAIR-MALFORMED"],
    ["a relay of another scheme", spoil(4, ["file://relay"]), "LK-PAIR-MALFORMED"],
    ["a relay of 191 characters", spoil(4, [`https://${"a".repeat(183)}`]), "LK-PAIR-MALFORMED"],
    ["a short token", spoil(4, ["https://a/#AAAAAAAAAAAAAAAAAAAA"]), "LK-PAIR-MALFORMED"],
  ];
  test("of these is good before one thing is spoiled in it", () => {
    expect(withPayload(fields as CborValue)).toBe(text);
  });

  test.for(refused)("refuses %s", ([, candidate, code]) => {
    expect(() => parseInvitation(candidate)).toThrow(expect.objectContaining({ code }));
  });

  test("refuses to write what it would not read", () => {
    const bad = [{ relays: [] }, { relays: [{ origin: "relay", token: null }] }];
    for (const spoiled of bad) {
      expect(() => formatInvitation(APP_ADDRESS, { ...invitation, ...spoiled })).toThrow(
        expect.objectContaining({ code: "LK-PAIR-MALFORMED" }),
      );
    }
    expect(() => formatInvitation("https://a#b", invitation)).toThrow(
      expect.objectContaining({ code: "LK-PAIR-MALFORMED" }),
    );
  });
});
