/**
 * The program of a package, with a Windows Hello that is stood in for, since Wine has none: it signs the same way each time. It writes a line
 * into `program.log` beside `latchkey.exe` when it starts, for each gesture, and when it ends. A file `stop` there ends a process that COM has
 * started as a fault would: in order.
 */
import { createHmac } from "node:crypto";
import fs, { appendFileSync, existsSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import type { HelloKey } from "@latchkey/windows-provider/native/hello";
import { readProduct } from "@latchkey/windows-provider/package/product";
import { startProgram } from "@latchkey/windows-provider/program/start-program";

// Wine knows nothing of standard input but its bytes, which here are a file's.
const { fstatSync } = fs;
const NO_PIPE = { isFIFO: () => false, isSocket: () => false };
fs.fstatSync = ((fd: number, ...rest: never[]) =>
  fd === 0 ? NO_PIPE : fstatSync(fd, ...rest)) as typeof fstatSync;
syncBuiltinESMExports();

const LOOK_MS = 100;
const beside = (name: string): URL => new URL(`../${name}`, import.meta.url);
const log = (text: string): void => appendFileSync(beside("program.log"), `${process.pid} ${text}\n`);

const hello: HelloKey = {
  async sign(data) {
    log("gesture");
    return new Uint8Array(createHmac("sha512", "the key in the container").update(data).digest());
  },
};
setInterval(() => {
  if (existsSync(beside("stop"))) process.emit("uncaughtException", new Error("stopped by the test"));
}, LOOK_MS).unref();
process.on("exit", () => log("ended"));
log(`started ${process.argv.slice(2).join(" ")}`);
await startProgram(readProduct(new URL("product.json", import.meta.url)), { hello: () => hello });
