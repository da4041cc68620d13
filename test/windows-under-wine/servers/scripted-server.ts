/**
 * A COM server whose ceremonies do what the first byte of the request says: for what only two processes can show about the class itself.
 * Parameters: the CLSID. It writes lines into `server.log` beside the program.
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Cancellation } from "@latchkey/core/authenticator/cancellation";
import type { CeremonyCall } from "@latchkey/windows-provider/com/ceremony";
import { MAX_RESPONSE_BYTES } from "@latchkey/windows-provider/com/ceremony-channel";
import { startComServer } from "@latchkey/windows-provider/com/server";
import { parseGuid } from "@latchkey/windows-provider/native/guid";
import { HRESULT, HresultError } from "@latchkey/windows-provider/native/hresult";
import { openProcessMutex } from "@latchkey/windows-provider/native/kernel32";
import { createComRuntime } from "@latchkey/windows-provider/native/ole32";

/** What the test wants of this server; read from `server.json` beside the program. */
export interface ScriptedServerOptions {
  readonly idleMs: number;
  readonly deadlineMs: number;
}

const folder = import.meta.dirname;
const clsid = process.argv[2] ?? "";
const options = JSON.parse(readFileSync(join(folder, "server.json"), "utf8")) as ScriptedServerOptions;
const log = (text: string): void => appendFileSync(join(folder, "server.log"), `${process.pid} ${text}\n`);
const fill = (length: number): Uint8Array => new Uint8Array(length).fill(0x5a);

/** Resolves when the test has laid down a file of this name. */
async function waitForFile(name: string, cancellation: Cancellation): Promise<void> {
  while (!existsSync(join(folder, name)) && !cancellation.cancelled) {
    const { promise, resolve } = Promise.withResolvers<void>();
    setTimeout(resolve, 10);
    await promise;
  }
}

function describe({ kind, request }: CeremonyCall): Uint8Array {
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
  return Buffer.from(
    JSON.stringify({
      kind,
      window: String(request.window),
      transactionId: hex(request.transactionId),
      signature: hex(request.signature),
      type: request.type,
      length: request.encoded.length,
      encoded: hex(request.encoded.subarray(0, 256)),
    }),
  );
}

async function answer(call: CeremonyCall, cancellation: Cancellation): Promise<Uint8Array> {
  const transaction = Buffer.from(call.request.transactionId).toString("hex");
  const act = String.fromCharCode(call.request.encoded[0] ?? 0);
  switch (act) {
    case "w":
      log(`waiting ${transaction}`);
      await cancellation.whenCancelled;
      log(`cancelled ${transaction}`);
      throw new HresultError(HRESULT.userCancelled, "cancelled");
    case "f":
      log(`waiting ${transaction}`);
      await waitForFile("finish", cancellation);
      return describe(call);
    case "t":
      throw new TypeError("a bug");
    case "u":
      return undefined as never;
    case "h":
      throw new HresultError(HRESULT.badSignature, "refused");
    case "l":
      return fill(MAX_RESPONSE_BYTES);
    case "L":
      return fill(MAX_RESPONSE_BYTES + 1);
    case "p":
      return Buffer.from(String(process.pid));
    case "x":
      setTimeout(() => {
        throw new TypeError("a bug outside of any slot");
      });
      return new Promise(() => {});
    case "s":
      server.stop();
      return fill(1);
    default:
      return describe(call);
  }
}

log(`started ${process.argv.slice(3).join(" ")}`);
const server = await startComServer({
  com: createComRuntime(),
  clsid: parseGuid(clsid),
  answer,
  isUnlocked: () => existsSync(join(folder, "unlocked")),
  mutex: openProcessMutex("Latchkey-test"),
  workerScript: new URL("worker.mjs", import.meta.url),
  ...options,
  reportFault: (fault) => log(`fault ${String(fault)}`),
});
log("registered");
log(`ended ${await server.ended}`);
process.exit(0);
