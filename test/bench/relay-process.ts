/** A relay in a process of its own: SQLite file, every commit synced, rates not limited. Argument: the file. The origin comes as a message. */
import { startRelay } from "@latchkey/sync-relay/hosts/node";
import { serveParent } from "./child.ts";

/** More than any row asks for. */
const PLENTY = 1_000_000_000;

serveParent(async ({ origin }) => {
  const relay = await startRelay({
    admission: { mode: "open" },
    file: process.argv[2] ?? "",
    origins: [String(origin)],
    limits: { roomPutBurstFrames: PLENTY, roomPutFramesPerSecond: PLENTY, roomPutBurstBytes: PLENTY },
    log: () => {},
  });
  process.once("disconnect", () => void relay.close());
  return { port: Number(new URL(relay.address).port) };
});
