/** Pairing mailboxes over real sockets: two sides, eight messages, ten minutes (relay.md § 3). */
import { encodeFrame, type MailboxId, MAX_BLOB_BYTES } from "@latchkey/core/relay-protocol";
import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS, type RelayLimits } from "../src/limits.ts";
import { createMailboxes, type MailboxPeer, type MailboxSide } from "../src/mailbox.ts";
import { bytesOf, dialMailbox, type MailboxClient, randomOf, startTestRelay, type TestRelay } from "./rig.ts";

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

test("a side's old socket that closes late takes nothing from its new one", () => {
  const mailboxes = createMailboxes(DEFAULT_LIMITS, { now: () => 0 });
  const group = { narrow: "192.0.2.1", wide: null };
  const heard: string[] = [];
  const peerOf = (name: string): MailboxPeer => ({
    arrived: () => {},
    crowded: () => {},
    message: () => heard.push(name),
    gone: () => {},
    replaced: () => heard.push(`${name} replaced`),
  });
  const [id, token] = [makeId(), randomOf(16)];
  const old = mailboxes.open(id, token, 300, group, peerOf("old"));
  const back = mailboxes.open(id, token, 300, group, peerOf("new"));
  const other = mailboxes.claim(id, randomOf(16), group, peerOf("other"));
  for (const attached of [old, back, other]) expect(attached).toHaveProperty("send");
  (old as MailboxSide).detach();
  expect((other as MailboxSide).send(1, bytesOf(1))).toBe("sent");
  expect(heard).toEqual(["old replaced", "new"]);
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
    other.send({ op: "send", number: 1, body: bytesOf(101) });
    expect(await other.closed).toEqual(RATE);
    n.send({ op: "close" });
    await n.closed;
    const third = await open(relay, makeId());
    third.send({ op: "send", number: 1, body: bytesOf(1000) });
    await third.find("sent");
  });
});
