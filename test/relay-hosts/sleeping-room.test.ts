/**
 * A room on Cloudflare's runtime that went to sleep with its sockets open (relay.md § 9): whoever speaks next wakes it, and all its members
 * go on as if nothing had been. It takes the runtime's ten seconds of silence, twice. The object of nameplates sleeps, too, and must not
 * forget who guessed: that is looked at on the way.
 */
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
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
import { type Nameplate, nameplateSocketUrl, purgeOperands } from "@latchkey/core/relay-protocol";
import { WebSocket } from "ws";
import { type HostProcess, RELAY_HOSTS } from "./host-process.ts";

/** The runtime ends an object that was silent for ten seconds, and keeps its sockets. */
const ASLEEP_MS = 12_000;

/** How the upgrade for a number that nobody has is answered. */
async function guess({ address }: HostProcess): Promise<number> {
  const socket = new WebSocket(nameplateSocketUrl(address, 123_456 as Nameplate));
  socket.on("error", () => undefined);
  const opened = once(socket, "upgrade").then(([response]) => (response as IncomingMessage).statusCode);
  const refused = once(socket, "unexpected-response").then(
    ([, response]) => (response as IncomingMessage).statusCode,
  );
  const status = await Promise.any([opened, refused]);
  socket.terminate();
  return status ?? 0;
}

test("a room that slept pushes to members who joined before it did, and knows their rights", async () => {
  const workerd = RELAY_HOSTS.find(({ name }) => name === "workerd");
  const relay = await workerd!.start(join(temporaryFolder(), "relay.db"), {
    nameplateClaimsPerIpGroupPerHour: 3,
  });
  onTestFinished(() => void relay.stop());
  const room = makeRoom();
  const [writer, reader] = [await joinRoom(relay, room), await joinRoom(relay, room)];
  await writer.put(makeEntry(room, 1));
  expect(await reader.client.take("event")).toMatchObject({ cursor: 1 });
  expect([await guess(relay), await guess(relay), await guess(relay)]).toEqual([101, 101, 101]);
  await wait(ASLEEP_MS);
  expect(await guess(relay)).toBe(429);
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
