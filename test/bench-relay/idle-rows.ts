/** What idle sockets cost the relay: the memory of a fresh process before and after thousands of devices joined and said nothing. */
import { join } from "node:path";
import type { WebSocket } from "ws";
import { startServer } from "./server-rows.ts";
import { joinRoom, makeRoomKeys } from "./socket-pairs.ts";
import type { RelayBench, Row } from "./table.ts";

const SOCKETS = 10_000;
const SOCKETS_PER_ROOM = 2;
const AT_ONCE = 50;
const MAX_KIB_PER_SOCKET = 25;

/** Joins so many sockets, two in a room. */
export async function joinMany(port: number, count: number): Promise<WebSocket[]> {
  const sockets: WebSocket[] = [];
  let started = 0;
  const joinSome = async (): Promise<void> => {
    for (; started < count;) {
      started += SOCKETS_PER_ROOM;
      const keys = makeRoomKeys();
      for (let i = 0; i < SOCKETS_PER_ROOM; i++) sockets.push(await joinRoom(port, keys));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, joinSome));
  return sockets;
}

export async function measureIdle({ folder, progress, quick }: RelayBench): Promise<Row[]> {
  const count = quick ? SOCKETS / 10 : SOCKETS;
  const { port, server } = await startServer("latchkey", join(folder, "idle.db"));
  // The code of a join is loaded and warm before anything counts.
  for (const socket of await joinMany(port, 200)) socket.terminate();
  const before = Number((await server.ask({}))["rss"]);
  progress(`${count} idle sockets`);
  const sockets = await joinMany(port, count);
  const after = Number((await server.ask({}))["rss"]);
  for (const socket of sockets) socket.terminate();
  await server.stop();
  const kib = (after - before) / 1024 / sockets.length;
  return [
    {
      what: `latchkey relay: an idle joined socket, ${sockets.length} of them`,
      figure: `${kib.toFixed(1)} KiB`,
      range: `${(before / 2 ** 20).toFixed(0)} MiB before, ${(after / 2 ** 20).toFixed(0)} MiB after`,
      target: {
        text: `≤ ${MAX_KIB_PER_SOCKET} KiB`,
        measured: `${kib.toFixed(1)} KiB`,
        met: kib <= MAX_KIB_PER_SOCKET,
      },
    },
  ];
}
