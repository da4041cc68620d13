/** A relay on a small disk: `node full-disk-relay.ts <folder>`. Beside its file lies ballast, which goes on SIGUSR2. Says where it listens. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startRelay } from "../src/hosts/node.ts";
import { stopOnSignals } from "../src/hosts/node-signals.ts";

const BALLAST_BYTES = 1_048_576;

const folder = process.argv[2] as string;
const ballast = join(folder, "ballast");
writeFileSync(ballast, new Uint8Array(BALLAST_BYTES));
process.on("SIGUSR2", () => rmSync(ballast));
const relay = await startRelay({
  admission: { mode: "open" },
  file: join(folder, "relay.db"),
  limits: { roomPutBurstFrames: 1_000_000, roomPutBurstBytes: 1_000_000_000, diskFloorBytes: 0 },
});
stopOnSignals(relay, 5);
process.stdout.write(`${relay.address}\n`);
