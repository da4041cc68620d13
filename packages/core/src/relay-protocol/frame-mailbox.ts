/**
 * Pairing mailboxes (relay.md § 3): two sides, at most 8 messages, 10 minutes. The id comes from the pairing code and stands in the
 * socket's path. A side proves itself by a random token that it chose, so that it can come back after a broken connection; the same
 * frame with the same token then resumes, telling in `received` how many of the other side's messages it already has.
 *
 * | op     | from   |    | fields                                                  |                                             |
 * | ------ | ------ | -- | ------------------------------------------------------- | ------------------------------------------- |
 * | open   | client | 32 | version, side token (16), received, ttl seconds ≤ 600   | the side that shows the code                |
 * | claim  | client | 33 | version, side token (16), received                      | the side that scanned it                    |
 * | send   | client | 34 | number, body ≤ 64 KiB                                   | numbers count from 1; a repeat is answered again |
 * | close  | client | 35 | –                                                       | burns the mailbox for both                  |
 * | nameplateGet | client | 36 | –                                                 | the opener's, while it is alone             |
 * | ready  | relay  | 96 | seconds left, sides present 1–2, own messages received  | answers open and claim                      |
 * | peer   | relay  | 97 | –                                                       | the second side came                        |
 * | sent   | relay  | 98 | number                                                  | answers send                                |
 * | message| relay  | 99 | number, body                                            | numbers count from 1 for each sender        |
 * | crowded| relay  | 100| –                                                       | a third party tried; pairing decides        |
 * | nameplate | relay | 101 | number or null, seconds left ≤ 300                     | answers nameplateGet                        |
 *
 * A nameplate is a short number (3 to 6 digits, random) under which the same mailbox can be claimed at a path of its own: for codes of
 * words, which have no space for an id. It takes one claimant, who comes back through it with its token; to anybody else, and after its
 * time, it is a number that nobody has (4481). Asked for again it is the same one while it lives, then another. `null`: this relay gives
 * none, has none free, or the mailbox is claimed.
 *
 * Closing: 4480 for the third party; 4481 for a wrong, expired, burnt or used-up mailbox alike. Nothing lists mailboxes.
 */
import type { Fields } from "../cbor/fields.ts";
import { VaultError } from "../errors.ts";
import { type Codecs, readBlob } from "./frame-codec.ts";
import {
  MAX_MAILBOX_MESSAGES,
  MAX_MAILBOX_TTL_SECONDS,
  MAX_NAMEPLATE,
  MAX_NAMEPLATE_SECONDS,
  MIN_NAMEPLATE,
} from "./limits.ts";
import type { Nameplate } from "./room-id.ts";

export const SIDE_TOKEN_BYTES = 16;

export type MailboxClientFrame =
  | {
      readonly op: "open";
      readonly version: number;
      readonly sideToken: Uint8Array;
      readonly received: number;
      readonly ttlSeconds: number;
    }
  | {
      readonly op: "claim";
      readonly version: number;
      readonly sideToken: Uint8Array;
      readonly received: number;
    }
  | { readonly op: "send"; readonly number: number; readonly body: Uint8Array }
  | { readonly op: "close" }
  | { readonly op: "nameplateGet" };

export type MailboxRelayFrame =
  | {
      readonly op: "ready";
      readonly secondsLeft: number;
      readonly sides: number;
      /** How many messages of this side the mailbox holds: the next `send` is one more. */
      readonly received: number;
    }
  | { readonly op: "peer" }
  | { readonly op: "sent"; readonly number: number }
  | { readonly op: "message"; readonly number: number; readonly body: Uint8Array }
  | { readonly op: "crowded" }
  | {
      readonly op: "nameplate";
      readonly number: Nameplate | null;
      /** How long it can be claimed; 0 without a number. */
      readonly secondsLeft: number;
    };

const MAX_SIDES = 2;

const readSideToken = (fields: Fields): Uint8Array => fields.bytes("side token", SIDE_TOKEN_BYTES);
const readReceived = (fields: Fields): number => fields.uint("received", MAX_MAILBOX_MESSAGES);
const readNumber = (fields: Fields): number => fields.uint("number", MAX_MAILBOX_MESSAGES);

function readNameplate(fields: Fields): Nameplate {
  const number = fields.uint("nameplate", MAX_NAMEPLATE);
  if (number < MIN_NAMEPLATE) throw new VaultError("LK-RELAY-FRAME", "nameplate frame: number is too short");
  return number as Nameplate;
}

export const MAILBOX_CLIENT_CODECS: Codecs<MailboxClientFrame> = {
  open: {
    code: 32,
    length: 4,
    write: (f) => [f.version, f.sideToken, f.received, f.ttlSeconds],
    read: (f) => ({
      op: "open",
      version: f.uint("version"),
      sideToken: readSideToken(f),
      received: readReceived(f),
      ttlSeconds: f.uint("ttl", MAX_MAILBOX_TTL_SECONDS),
    }),
  },
  claim: {
    code: 33,
    length: 3,
    write: (f) => [f.version, f.sideToken, f.received],
    read: (f) => ({
      op: "claim",
      version: f.uint("version"),
      sideToken: readSideToken(f),
      received: readReceived(f),
    }),
  },
  send: {
    code: 34,
    length: 2,
    write: (f) => [f.number, f.body],
    read: (f) => ({ op: "send", number: readNumber(f), body: readBlob(f) }),
  },
  close: { code: 35, length: 0, write: () => [], read: () => ({ op: "close" }) },
  nameplateGet: { code: 36, length: 0, write: () => [], read: () => ({ op: "nameplateGet" }) },
};

export const MAILBOX_RELAY_CODECS: Codecs<MailboxRelayFrame> = {
  ready: {
    code: 96,
    length: 3,
    write: (f) => [f.secondsLeft, f.sides, f.received],
    read: (f) => ({
      op: "ready",
      secondsLeft: f.uint("seconds left", MAX_MAILBOX_TTL_SECONDS),
      sides: f.uint("sides", MAX_SIDES),
      received: readReceived(f),
    }),
  },
  peer: { code: 97, length: 0, write: () => [], read: () => ({ op: "peer" }) },
  sent: {
    code: 98,
    length: 1,
    write: (f) => [f.number],
    read: (f) => ({ op: "sent", number: readNumber(f) }),
  },
  message: {
    code: 99,
    length: 2,
    write: (f) => [f.number, f.body],
    read: (f) => ({ op: "message", number: readNumber(f), body: readBlob(f) }),
  },
  crowded: { code: 100, length: 0, write: () => [], read: () => ({ op: "crowded" }) },
  nameplate: {
    code: 101,
    length: 2,
    write: (f) => [f.number, f.secondsLeft],
    read: (f) => ({
      op: "nameplate",
      number: f.optional(readNameplate),
      secondsLeft: f.uint("seconds left", MAX_NAMEPLATE_SECONDS),
    }),
  },
};
