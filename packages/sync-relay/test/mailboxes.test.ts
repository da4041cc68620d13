/** Pairing mailboxes over real sockets: two sides, eight messages, ten minutes (relay.md § 3). */
import {
  decodeMailboxRelayFrame,
  encodeFrame,
  type MailboxClientFrame,
  type MailboxId,
  MAX_BLOB_BYTES,
} from "@latchkey/core/relay-protocol";
import { describe, expect, test } from "vitest";
import type { Session } from "../src/connection.ts";
import type { RelayLimits } from "../src/limits.ts";
import { CALLER, makeConn, makeHost } from "./fake-host.ts";
import {
  bytesOf,
  dialMailbox,
  dialNameplate,
  type MailboxClient,
  randomOf,
  startTestRelay,
  type TestRelay,
} from "./rig.ts";

const GONE = { code: 4481, reason: "LK-RELAY-GONE" };
const makeId = (): MailboxId => randomOf(16) as MailboxId;

async function open(
  relay: TestRelay,
  id: MailboxId,
  token = randomOf(16),
  received = 0,
): Promise<MailboxClient> {
  const client = dialMailbox(relay, id);
  await client.opened();
  client.send({ op: "open", version: 1, sideToken: token, received, ttlSeconds: 300 });
  return client;
}

async function claim(
  relay: TestRelay,
  id: MailboxId,
  token = randomOf(16),
  received = 0,
): Promise<MailboxClient> {
  const client = dialMailbox(relay, id);
  await client.opened();
  client.send({ op: "claim", version: 1, sideToken: token, received });
  return client;
}

async function pair(limits: Partial<RelayLimits> = {}) {
  const relay = await startTestRelay(limits);
  const id = makeId();
  const tokens = { e: randomOf(16), n: randomOf(16) };
  const e = await open(relay, id, tokens.e);
  await e.take("ready");
  const n = await claim(relay, id, tokens.n);
  await n.take("ready");
  await e.take("peer");
  return { relay, id, tokens, e, n };
}

describe("a mailbox", () => {
  test("carries messages both ways, in order, each acknowledged", async () => {
    const { e, n } = await pair();
    n.send({ op: "send", number: 1, body: bytesOf(10, 1) });
    expect(await n.take("sent")).toEqual({ op: "sent", number: 1 });
    expect(await e.take("message")).toEqual({ op: "message", number: 1, body: bytesOf(10, 1) });
    e.send({ op: "send", number: 1, body: bytesOf(MAX_BLOB_BYTES, 2) });
    e.send({ op: "send", number: 2, body: bytesOf(5, 3) });
    expect(await n.take("message")).toEqual({ op: "message", number: 1, body: bytesOf(MAX_BLOB_BYTES, 2) });
    expect(await n.take("message")).toMatchObject({ number: 2 });
  });

  test("says how long it lives and who is there", async () => {
    const relay = await startTestRelay();
    const id = makeId();
    const e = await open(relay, id);
    expect(await e.take("ready")).toEqual({ op: "ready", secondsLeft: 300, sides: 1, received: 0 });
    const n = await claim(relay, id);
    expect(await n.take("ready")).toMatchObject({ sides: 2, received: 0 });
    expect(await e.take("peer")).toEqual({ op: "peer" });
  });

  test("keeps what was sent before the other side came", async () => {
    const relay = await startTestRelay();
    const id = makeId();
    const e = await open(relay, id);
    await e.take("ready");
    e.send({ op: "send", number: 1, body: bytesOf(4) });
    await e.find("sent");
    const n = await claim(relay, id);
    await n.take("ready");
    expect(await n.take("message")).toMatchObject({ number: 1, body: bytesOf(4) });
  });

  test("takes a side back with its token and gives it what it missed", async () => {
    const { relay, id, tokens, e, n } = await pair();
    e.send({ op: "send", number: 1, body: bytesOf(1, 1) });
    await n.take("message");
    n.close();
    await n.closed;
    e.send({ op: "send", number: 2, body: bytesOf(1, 2) });
    await e.find("sent");
    const back = await claim(relay, id, tokens.n, 1);
    expect(await back.take("ready")).toMatchObject({ sides: 2, received: 0 });
    expect(await back.take("message")).toMatchObject({ number: 2, body: bytesOf(1, 2) });
    const again = await open(relay, id, tokens.e, 0);
    expect(await again.take("ready")).toMatchObject({ received: 2 });
    expect(await e.closed).toMatchObject({ code: 1000 });
    again.send({ op: "send", number: 2, body: bytesOf(1, 2) });
    expect(await again.take("sent")).toEqual({ op: "sent", number: 2 });
    await back.settle();
    expect(back.pending()).toEqual([]);
    again.send({ op: "send", number: 3, body: bytesOf(1, 3) });
    expect(await back.take("message")).toMatchObject({ number: 3 });
  });

  test("refuses a third party, and tells both sides and the third", async () => {
    const { relay, id, e, n } = await pair();
    for (const intrude of [claim, open]) {
      const third = await intrude(relay, id);
      expect(await third.take("crowded")).toEqual({ op: "crowded" });
      expect(await third.closed).toEqual({ code: 4480, reason: "LK-PAIR-CROWDED" });
      expect(await e.take("crowded")).toEqual({ op: "crowded" });
      expect(await n.take("crowded")).toEqual({ op: "crowded" });
    }
    n.send({ op: "send", number: 1, body: bytesOf(1) });
    await e.take("message");
  });

  test("answers a wrong id, an expired one and a burnt one alike", async () => {
    const { relay, id, e, n } = await pair();
    expect(await (await claim(relay, makeId())).closed).toEqual(GONE);
    const burnt = makeId();
    const burner = await open(relay, burnt);
    await burner.take("ready");
    burner.send({ op: "close" });
    expect(await burner.closed).toEqual(GONE);
    expect(await (await claim(relay, burnt)).closed).toEqual(GONE);
    relay.advance(299_000);
    await e.settle();
    await n.settle();
    relay.advance(2000);
    expect(await (await claim(relay, id)).closed).toEqual(GONE);
    expect(await e.closed).toEqual(GONE);
    expect(await n.closed).toEqual(GONE);
  });

  test("burns for both when one side closes it", async () => {
    const { e, n } = await pair();
    n.send({ op: "close" });
    expect(await e.closed).toEqual(GONE);
    expect(await n.closed).toEqual(GONE);
  });

  test("lives no longer than the relay allows", async () => {
    const relay = await startTestRelay({ mailboxTtlSeconds: 60 });
    const e = await open(relay, makeId());
    expect(await e.take("ready")).toMatchObject({ secondsLeft: 60 });
  });

  test("burns at the ninth message", async () => {
    const { e, n } = await pair();
    for (let number = 1; number <= 4; number++) {
      e.send({ op: "send", number, body: bytesOf(1, number) });
      n.send({ op: "send", number, body: bytesOf(1, number) });
      await e.find("sent");
      await n.find("sent");
    }
    e.send({ op: "send", number: 5, body: bytesOf(1) });
    expect(await e.closed).toEqual(GONE);
    expect(await n.closed).toEqual(GONE);
  });

  test.for<[string, number, number]>([
    ["a number out of turn", 3, 2],
    ["number 0", 0, 2],
    ["another body under a number that is taken", 1, 9],
  ])("refuses %s", async ([, number, value]) => {
    const { e, n } = await pair();
    e.send({ op: "send", number: 1, body: bytesOf(1, 1) });
    await e.take("sent");
    await n.take("message");
    e.send({ op: "send", number, body: bytesOf(1, value) });
    expect(await e.closed).toEqual({ code: 1002, reason: "LK-RELAY-PROTOCOL" });
    await n.settle();
    expect(n.pending()).toEqual([]);
  });

  test("speaks this version only", async () => {
    const relay = await startTestRelay();
    const client = dialMailbox(relay, makeId());
    await client.opened();
    client.send({ op: "claim", version: 2, sideToken: randomOf(16), received: 0 });
    expect(await client.closed).toEqual({ code: 4400, reason: "LK-RELAY-VERSION" });
  });

  test.for<[string, Uint8Array]>([
    ["a message before open or claim", encodeFrame({ op: "send", number: 1, body: bytesOf(1) })],
    ["a frame of a room", encodeFrame({ op: "describe", request: 1 })],
    ["more than 1 024 bytes at first", encodeFrame({ op: "send", number: 1, body: bytesOf(1100) })],
  ])("ends a socket that sends %s", async ([, frame]) => {
    const relay = await startTestRelay();
    const client = dialMailbox(relay, makeId());
    await client.opened();
    client.socket.send(frame);
    expect((await client.closed).code).toBe(1002);
  });

  test("ends a socket that claims twice", async () => {
    const { n, tokens } = await pair();
    n.send({ op: "claim", version: 1, sideToken: tokens.n, received: 0 });
    expect(await n.closed).toEqual({ code: 1002, reason: "LK-RELAY-PROTOCOL" });
  });
});

test("a side's old socket that closes late takes nothing from its new one", async () => {
  const host = makeHost();
  const [id, token] = [makeId(), randomOf(16)];
  const dial = async (frame: Partial<MailboxClientFrame> & { readonly op: "open" | "claim" }) => {
    const conn = makeConn();
    const session = host.relay.openMailbox(conn, id, CALLER) as Session;
    session.message(encodeFrame({ ...frame, version: 1, received: 0 } as MailboxClientFrame));
    await host.turn();
    return { conn, session, ops: () => conn.sent.map((bytes) => decodeMailboxRelayFrame(bytes).op) };
  };
  const old = await dial({ op: "open", sideToken: token, ttlSeconds: 300 });
  const back = await dial({ op: "open", sideToken: token, ttlSeconds: 300 });
  const other = await dial({ op: "claim", sideToken: randomOf(16) });
  expect(old.conn.ended).toEqual({ code: 1000, reason: "" });
  old.session.closed();
  other.session.message(encodeFrame({ op: "send", number: 1, body: bytesOf(1) }));
  await host.turn();
  expect(old.ops()).toEqual(["ready"]);
  expect(back.ops()).toEqual(["ready", "peer", "message"]);
  expect(other.ops()).toEqual(["ready", "sent"]);
});

describe("a nameplate", () => {
  async function name(relay: TestRelay): Promise<{ e: MailboxClient; number: number }> {
    const e = await open(relay, makeId());
    await e.take("ready");
    e.send({ op: "nameplateGet" });
    const { number, secondsLeft } = await e.take("nameplate");
    expect(secondsLeft).toBe(300);
    return { e, number: number as number };
  }
  async function claimNumber(relay: TestRelay, number: number, token = randomOf(16)): Promise<MailboxClient> {
    const client = dialNameplate(relay, number);
    await client.opened();
    client.send({ op: "claim", version: 1, sideToken: token, received: 0 });
    return client;
  }

  test("leads to its mailbox once, and its claimant back to it", async () => {
    const relay = await startTestRelay();
    const { e, number } = await name(relay);
    const token = randomOf(16);
    const n = await claimNumber(relay, number, token);
    expect(await n.take("ready")).toMatchObject({ sides: 2, received: 0 });
    await e.take("peer");
    n.send({ op: "send", number: 1, body: bytesOf(9, 1) });
    expect(await e.take("message")).toEqual({ op: "message", number: 1, body: bytesOf(9, 1) });
    expect(await (await claimNumber(relay, number)).closed).toEqual(GONE);
    n.close();
    await n.closed;
    const back = await claimNumber(relay, number, token);
    expect(await back.take("ready")).toMatchObject({ received: 1 });
    e.send({ op: "nameplateGet" });
    expect(await e.take("nameplate")).toEqual({ op: "nameplate", number: null, secondsLeft: 0 });
  });

  test("answers a wrong number, one that is used and one whose time is over alike", async () => {
    const relay = await startTestRelay();
    const { number } = await name(relay);
    expect(await (await claimNumber(relay, number === 999 ? 100 : number + 1)).closed).toEqual(GONE);
    relay.advance(300_000);
    expect(await (await claimNumber(relay, number)).closed).toEqual(GONE);
  });

  test("is not what opens a mailbox, nor what a claimant may ask for", async () => {
    const relay = await startTestRelay();
    const { number } = await name(relay);
    const opener = dialNameplate(relay, number);
    await opener.opened();
    opener.send({ op: "open", version: 1, sideToken: randomOf(16), received: 0, ttlSeconds: 300 });
    expect(await opener.closed).toEqual({ code: 1002, reason: "LK-RELAY-PROTOCOL" });
    const n = await claimNumber(relay, number);
    await n.take("ready");
    n.send({ op: "nameplateGet" });
    expect(await n.take("nameplate")).toMatchObject({ number: null });
  });

  test("is not given where the operator gives none", async () => {
    const relay = await startTestRelay({ nameplateSeconds: 0 });
    const e = await open(relay, makeId());
    await e.take("ready");
    e.send({ op: "nameplateGet" });
    expect(await e.take("nameplate")).toEqual({ op: "nameplate", number: null, secondsLeft: 0 });
  });

  test("can be guessed at ten times an hour from an address, and no hit helps after that", async () => {
    const relay = await startTestRelay({ nameplateClaimsPerIpGroupPerHour: 10 });
    const { number } = await name(relay);
    for (let guess = 0; guess < 10; guess++) {
      expect(await (await claimNumber(relay, 500_000 + guess)).closed).toEqual(GONE);
    }
    const rate = { code: 4429, reason: "LK-RELAY-RATE" };
    expect(await (await claimNumber(relay, number)).closed).toEqual(rate);
    relay.advance(299_000);
    expect(await (await claimNumber(relay, number)).closed).toEqual(rate);
    relay.advance(61_000);
    expect(await (await claimNumber(relay, number)).closed).toEqual(GONE);
  });
});

describe("the limits of mailboxes", () => {
  const RATE = { code: 4429, reason: "LK-RELAY-RATE" };

  test("count opened ones and failed claims of an address by the hour, not those that are met", async () => {
    const relay = await startTestRelay({ mailboxesPerIpGroupPerHour: 3 });
    const id = makeId();
    const e = await open(relay, id);
    await e.take("ready");
    expect(await (await claim(relay, makeId())).closed).toEqual(GONE);
    expect(await (await claim(relay, makeId())).closed).toEqual(GONE);
    expect(await (await claim(relay, makeId())).closed).toEqual(RATE);
    expect(await (await open(relay, makeId())).closed).toEqual(RATE);
    await (await claim(relay, id)).take("ready");
    relay.advance(1_200_000);
    await (await open(relay, makeId())).take("ready");
  });

  test("end a socket that asks the same for ever", async () => {
    const { e } = await pair();
    for (let ask = 0; ask < 32; ask++) {
      e.send({ op: "nameplateGet" });
      e.send({ op: "send", number: 1, body: bytesOf(1) });
    }
    expect(await e.closed).toEqual(RATE);
    expect(e.pending().filter(({ op }) => op === "nameplate")).toHaveLength(32);
    expect(e.pending().filter(({ op }) => op === "sent")).toHaveLength(31);
  });

  test("count those alive", async () => {
    const relay = await startTestRelay({ mailboxesTotal: 1 });
    const e = await open(relay, makeId());
    await e.take("ready");
    expect(await (await open(relay, makeId())).closed).toEqual(RATE);
    e.send({ op: "close" });
    await e.closed;
    await (await open(relay, makeId())).take("ready");
  });

  test("count bytes held by all, given back when a mailbox ends", async () => {
    const { relay, e, n } = await pair({ mailboxBytesTotal: 1000 });
    e.send({ op: "send", number: 1, body: bytesOf(900) });
    await e.take("sent");
    const other = await open(relay, makeId());
    await other.take("ready");
    other.send({ op: "send", number: 1, body: bytesOf(101) });
    expect(await other.closed).toEqual(RATE);
    n.send({ op: "close" });
    await n.closed;
    const third = await open(relay, makeId());
    await third.take("ready");
    third.send({ op: "send", number: 1, body: bytesOf(1000) });
    await third.find("sent");
  });
});
