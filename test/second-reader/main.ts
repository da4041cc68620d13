/**
 * A second reader of `latchkey log export`, written from docs/protocol.md alone: it shares no line with the program. Prints the passkeys of an
 * archive, one JSON line each. Roots come on standard input: {"log id in hex": {"m": hex, "s": hex or null}, …}, at least those of the last log.
 *
 *   node main.ts FILE < roots.json
 */
import { readFileSync } from "node:fs";
import { json } from "node:stream/consumers";
import { readLogs } from "./archive.ts";
import { equal } from "./cbor.ts";
import { derive, hex } from "./ground.ts";
import { type OpenLog, openLog } from "./log.ts";
import { readPasskeys } from "./passkeys.ts";

const unhex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));

const roots = (await json(process.stdin)) as Record<string, { m: string; s: string | null }>;
let newest: OpenLog | null = null;
let secretKey: Uint8Array | null = null;
for (const log of readLogs(readFileSync(process.argv[2] ?? ""))) {
  const known = roots[hex(log.logId)];
  if (known === undefined) {
    newest = null;
    continue;
  }
  const signingRoot = known.s === null ? null : unhex(known.s);
  const opened: OpenLog = openLog(log, unhex(known.m), signingRoot);
  if (newest !== null && !equal(opened.parent, newest.epochHash))
    throw new Error("epoch does not follow the one before");
  newest = opened;
  secretKey = signingRoot === null ? null : derive(signingRoot, "key-secret");
}
if (newest === null) throw new Error("no root for the last log");
for (const passkey of readPasskeys(newest.document, secretKey)) console.log(JSON.stringify(passkey));
