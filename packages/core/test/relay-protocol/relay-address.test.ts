/** A relay's address as people type it: one spelling of each origin, everything else refused. */
import { describe, expect, test } from "vitest";
import {
  formatRelayAddress,
  mailboxSocketUrl,
  nameplateSocketUrl,
  parseRelayAddress,
  roomSocketUrl,
} from "../../src/relay-protocol/relay-address.ts";
import type { MailboxId, Nameplate, RoomId } from "../../src/relay-protocol/room-id.ts";

const TOKEN = new Uint8Array(16).fill(1);
const TOKEN_TEXT = "AQEBAQEBAQEBAQEBAQEBAQ";

describe("a relay address", () => {
  test.for<[string, string]>([
    ["https://relay.example", "https://relay.example"],
    ["https://relay.example/", "https://relay.example"],
    ["https://relay.example/#", "https://relay.example"],
    ["https://relay.example:443", "https://relay.example"],
    ["https://relay.example:8443/", "https://relay.example:8443"],
    ["http://127.0.0.1:8080", "http://127.0.0.1:8080"],
    ["http://relay:80", "http://relay"],
    ["http://relay:443", "http://relay:443"],
    ["ws://127.0.0.1:8080", "http://127.0.0.1:8080"],
    ["wss://relay.example:443", "https://relay.example"],
    ["http://[::1]:8080", "http://[::1]:8080"],
  ])("%s has the origin %s and no token", ([text, origin]) => {
    expect(parseRelayAddress(text)).toEqual({ origin, token: null });
  });

  test("carries a creation token in the fragment, there and back", () => {
    const text = `https://relay.example/#${TOKEN_TEXT}`;
    expect(parseRelayAddress(text)).toEqual({ origin: "https://relay.example", token: TOKEN });
    expect(formatRelayAddress({ origin: "https://relay.example", token: TOKEN })).toBe(text);
    expect(formatRelayAddress({ origin: "http://relay:8080", token: null })).toBe("http://relay:8080");
  });

  test.for([
    "",
    "relay.example",
    "ftp://relay.example",
    "https://",
    "https://user@relay.example",
    "https://user:pw@relay.example",
    "https://relay.example/path",
    "https://relay.example/?x=1",
    "https://relay.example?x=1",
    "https://relay.example//",
    "https://Relay.example",
    "https://relay..example",
    "https://-relay.example",
    "https://relay.example:0",
    "https://relay.example:080",
    "https://relay.example:65536",
    "https://relay.example:",
    "https://relay.example /",
    "https://relay.example\n",
    "https://relay.example/#AQEBAQEBAQEBAQEBAQEB",
    `https://relay.example/#${"A".repeat(88)}`,
    "https://relay.example/#AQEBAQEBAQEBAQEBAQEBAR",
    "https://relay.example/#AQEB AQEB",
    `https://${"a".repeat(400)}`,
  ])("is refused: %j", (text) => {
    expect(() => parseRelayAddress(text)).toThrow(expect.objectContaining({ code: "LK-RELAY-ORIGIN" }));
  });

  test("leads to the sockets of rooms and mailboxes", () => {
    const id = TOKEN as RoomId & MailboxId;
    expect(roomSocketUrl("https://relay.example", id)).toBe(`wss://relay.example/v1/rooms/${TOKEN_TEXT}/ws`);
    expect(mailboxSocketUrl("http://127.0.0.1:80", id)).toBe(
      `ws://127.0.0.1:80/v1/mailboxes/${TOKEN_TEXT}/ws`,
    );
    expect(nameplateSocketUrl("https://relay.example", 723 as Nameplate)).toBe(
      "wss://relay.example/v1/nameplates/723/ws",
    );
  });
});
