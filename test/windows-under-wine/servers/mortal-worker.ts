/** A ceremony worker that dies when the test lays down a file `kill-workers` beside the program. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import "@latchkey/windows-provider/com/ceremony-worker";

setInterval(() => {
  if (existsSync(join(import.meta.dirname, "kill-workers"))) throw new Error("killed by the test");
}, 20);
