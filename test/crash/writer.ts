/** A device that does the writes from argv[3] to argv[4] on the vault in argv[2], and says each number once it was reported saved. */
import { writeSync } from "node:fs";
import { LiveDevice } from "../scenario/live-device.ts";
import { doWrite } from "./writes.ts";

const [path = "", from, to] = process.argv.slice(2);
const device = await LiveDevice.open(path, "Desk");
for (let number = Number(from); number <= Number(to); number++) {
  await doWrite(device, number);
  writeSync(1, `${number}\n`);
}
await device.close();
