/** A device that does the changes up to argv[3] on the vault in argv[2], and writes each number to the file argv[4] once it was reported saved. */
import { openSync, writeSync } from "node:fs";
import { LiveDevice } from "../scenario/live-device.ts";
import { doChange } from "./changes.ts";

const [path = "", count, reports = ""] = process.argv.slice(2);
const file = openSync(reports, "a");
const device = await LiveDevice.open(path, "Desk");
for (let number = 1; number <= Number(count); number++) {
  await doChange(device, number);
  writeSync(file, `${number}\n`);
}
await device.close();
