/**
 * A room on Cloudflare's runtime that went to sleep with its sockets open (relay.md § 9): whoever speaks next wakes it, and all its members
 * go on as if nothing had been. It takes the runtime's ten seconds of silence, twice.
 */
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import {
  joinRoom,
  makeEntry,
  makeRoom,
  nextRequest,
  signAs,
  temporaryFolder,
} from "@latchkey/sync-relay/test/rig";
import { purgeOperands } from "@latchkey/core/relay-protocol";
import { RELAY_HOSTS } from "./host-process.ts";

/** The runtime ends an object that was silent for ten seconds, and keeps its sockets. */
const ASLEEP_MS = 12_000;

test("a room that slept pushes to members who joined before it did, and knows their rights", async () => {
  const workerd = RELAY_HOSTS.find(({ name }) => name === "workerd");
  const relay = await workerd!.start(join(temporaryFolder(), "relay.db"));
  onTestFinished(() => void relay.stop());
  const room = makeRoom();
  const [writer, reader] = [await joinRoom(relay, room), await joinRoom(relay, room)];
  await writer.put(makeEntry(room, 1));
  expect(await reader.client.take("event")).toMatchObject({ cursor: 1 });
  await wait(ASLEEP_MS);
  // Answered without waking it.
  await reader.client.settle();
  expect(await writer.put(makeEntry(room, 2))).toEqual([2]);
  expect(await reader.client.take("event")).toMatchObject({ cursor: 2 });
  expect(await reader.pullAll()).toHaveLength(2);
  await wait(ASLEEP_MS);
  // The signature is over the nonce that the socket was greeted with.
  const signature = signAs(room.authority, purgeOperands(writer.challenge));
  expect(await writer.ask({ op: "purge", request: nextRequest(), signature })).toMatchObject({ op: "ok" });
  expect(await reader.client.closed).toMatchObject({ code: 4410 });
});
