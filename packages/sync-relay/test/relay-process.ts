/** A relay as its own process: `node relay-process.ts <file>`. Says where it listens; log lines go to standard error. */
import { startRelay } from "../src/hosts/node.ts";
import { stopOnSignals } from "../src/hosts/node-signals.ts";

const GENEROUS = {
  upgradeBurst: 10_000,
  roomsCreatedPerIpGroupPerDay: 10_000,
  roomPutBurstFrames: 1_000_000,
  roomPutBurstBytes: 1_000_000_000,
  diskFloorBytes: 0,
};
const relay = await startRelay({
  admission: { mode: "open" },
  file: process.argv[2] as string,
  limits: GENEROUS,
});
stopOnSignals(relay, 25);
process.stdout.write(`${relay.address}\n`);
