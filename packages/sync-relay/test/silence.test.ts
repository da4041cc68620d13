/** What a relay lets others know: its log and its file after a full scenario, searched (relay.md § 14). */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { encodeHex } from "@latchkey/core/relay-protocol";
import { expect, test } from "vitest";
import {
  bytesOf,
  dialMailbox,
  dialRoom,
  idText,
  joinRoom,
  makeEntry,
  makeJoin,
  makeRoom,
  randomOf,
  startTestRelay,
} from "./rig.ts";
import type { MailboxId } from "@latchkey/core/relay-protocol";

test("no log line holds an id, a key, an address or a path, and the file holds neither keys nor addresses", async () => {
  const relay = await startTestRelay({ roomsCreatedPerIpGroupPerDay: 1 });
  const room = makeRoom();
  const member = await joinRoom(relay, room);
  await member.put(makeEntry(room, 1), bytesOf(5));
  const token = randomOf(32);
  const stranger = makeRoom();
  const refused = dialRoom(relay, stranger.id);
  refused.send({ ...makeJoin(stranger, await refused.take("hello")), creationToken: token });
  await refused.closed;
  const mailboxId = randomOf(16) as MailboxId;
  const mailbox = dialMailbox(relay, mailboxId);
  await mailbox.opened();
  mailbox.send({ op: "claim", version: 1, sideToken: token.slice(0, 16), received: 0 });
  await mailbox.closed;
  member.client.socket.send("nonsense");
  await member.client.closed;
  await fetch(`${relay.address}/v1/rooms/${idText(room)}/ws`);
  relay.advance(61_000);
  await expect.poll(() => relay.lines.some((line) => line.includes("minute")), { timeout: 5000 }).toBe(true);
  await relay.close();

  const log = relay.lines.join("");
  const ids = [room.id, stranger.id, mailboxId];
  const keys = [room, stranger].flatMap(({ auth, authority }) => [auth.publicKey, authority.publicKey]);
  const binary = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
  const texts = (bytes: Uint8Array): string[] => [encodeHex(bytes), Buffer.from(bytes).toString("base64url")];
  const port = new URL(relay.address).port;
  for (const secret of [...ids, ...keys, token].flatMap(texts)) expect(log).not.toContain(secret);
  for (const secret of ["127.0.0.1", `:${port}`, "/v1", dirname(relay.file), "Mozilla"])
    expect(log).not.toContain(secret);
  for (const line of relay.lines) {
    const { time, level, event, ...fields } = JSON.parse(line) as Record<string, unknown>;
    expect([typeof time, typeof level, typeof event]).toEqual(["string", "string", "string"]);
    expect(Object.values(fields).every((value) => typeof value === "number")).toBe(true);
  }

  const folder = dirname(relay.file);
  const stored = readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), "latin1"))
    .join("");
  expect(stored).toContain(binary(room.id));
  const unknown = [...keys, token, stranger.id, mailboxId].map(binary);
  for (const secret of [...unknown, "127.0.0.1", port]) expect(stored.includes(secret)).toBe(false);
});
