/** `latchkey relay serve`: a relay in this process until it is interrupted, then drained (sync-relay). */
import { readConfig } from "@latchkey/sync-relay/config";
import { startRelay } from "@latchkey/sync-relay/hosts/node";
import type { InputOf } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { relayServeSpec } from "../cli/specs/relay.ts";
import { renderResult } from "../terminal/json.ts";
import { UsageError } from "../terminal/usage-error.ts";
import { renderFacts } from "./facts.ts";
import { resolveRelayFile } from "./relay-file.ts";

const DEFAULT_LISTEN = "127.0.0.1:4480";
const HIGHEST_PORT = 65_535;

export async function run(
  context: CommandContext,
  { options }: InputOf<typeof relayServeSpec>,
): Promise<null> {
  const { globals, terminal, signal } = context;
  const { host, port } = readListen(options.listen ?? DEFAULT_LISTEN);
  const config = readConfig(context.env);
  const file = resolveRelayFile(options.file, context);
  const relay = await startRelay({
    ...config,
    file,
    host,
    port,
    origins: options.origin.length > 0 ? options.origin : config.origins,
  });
  const { origin, address } = relay;
  terminal.data(
    globals.json === null
      ? renderFacts([
          ["relay", origin],
          ["listens at", address],
          ["data file", file],
        ])
      : renderResult({ origin, address, file }, globals.json),
  );
  await aborted(signal);
  await Promise.race([relay.close(), patience(config.limits.drainHardSeconds)]);
  return null;
}

/** `127.0.0.1:0`, `[::1]:4480`, `0.0.0.0:4480`. */
function readListen(text: string): { readonly host: string; readonly port: number } {
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+)):(\d{1,5})$/i.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(digits) > HIGHEST_PORT)
    throw new UsageError(`--listen ${text} is not host:port`, "write it as 127.0.0.1:4480 or [::1]:4480");
  return { host, port: Number(digits) };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** Whatever still hangs after it is left to its fate. */
const patience = (seconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, seconds * 1_000).unref());
