/** `latchkey relay serve`: a relay in this process until it is interrupted, then drained (sync-relay). */
import { createHash } from "node:crypto";
import { isVaultError } from "@latchkey/core/errors";
import { formatRelayAddress } from "@latchkey/core/relay-protocol";
import { makeInvite } from "@latchkey/sync-relay/admission";
import { readConfig, readListener, type RelayConfig } from "@latchkey/sync-relay/config";
import { type NodeRelay, startRelay } from "@latchkey/sync-relay/hosts/node";
import type { InputOf } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { relayServeSpec } from "../cli/specs/relay.ts";
import { systemRandom } from "../host/vault-host.ts";
import { renderResult } from "../terminal/json.ts";
import { UsageError } from "../terminal/usage-error.ts";
import { renderFacts } from "./facts.ts";
import { resolveRelayFile } from "./relay-file.ts";

const DEFAULT_LISTEN = "127.0.0.1:4480";
export const DEFAULT_ORIGIN = `http://${DEFAULT_LISTEN}`;

type Options = InputOf<typeof relayServeSpec>["options"];

export async function run(
  context: CommandContext,
  { options }: InputOf<typeof relayServeSpec>,
): Promise<null> {
  const { globals, terminal, signal } = context;
  const config = readConfig(context.env);
  if (config.databaseFile !== null && options.file !== undefined)
    throw new UsageError("--file and LATCHKEY_RELAY_DATABASE_FILE exclude each other");
  const file = config.databaseFile === null ? resolveRelayFile(options.file, context) : null;
  const relay = await startRelay({
    ...config,
    ...readListen(options.listen ?? DEFAULT_LISTEN),
    ...(file !== null && { file }),
    tls: readTls(options),
    origins: options.origin.length > 0 ? options.origin : config.origins,
  });
  const { origin, address, metricsAddress } = relay;
  const invitation = await offerFirstInvitation(context, relay, config);
  terminal.data(
    globals.json === null
      ? renderFacts([
          ["relay", origin],
          ["listens at", address],
          ["metrics", metricsAddress],
          ["data file", file ?? "none: a database"],
          ["invitation", invitation],
        ])
      : renderResult({ origin, address, metrics: metricsAddress, file, invitation }, globals.json),
  );
  if (invitation !== null) terminal.say("the invitation is shown once; latchkey relay invite makes another");
  reloadOnHangUp(context, relay);
  await aborted(signal);
  await Promise.race([relay.close(), patience(config.limits.drainHardSeconds)]);
  return null;
}

/**
 * The address with a token in it, for a relay that wants invitations and has none. It is made only where somebody sees it and nobody keeps
 * it: at a terminal, or for a program that asked for JSON.
 */
async function offerFirstInvitation(
  { globals, terminal }: CommandContext,
  { origin, store }: NodeRelay,
  { admission, limits }: RelayConfig,
): Promise<string | null> {
  if (admission.mode !== "invite" || (await store.invites?.list())?.length !== 0) return null;
  if (globals.json === null && !process.stdout.isTTY) {
    terminal.say("nobody may keep a vault here yet: latchkey relay invite makes an invitation");
    return null;
  }
  const sha256 = (data: Uint8Array): Uint8Array => new Uint8Array(createHash("sha256").update(data).digest());
  const { token, invite } = makeInvite({ rooms: limits.inviteRooms, untilDay: null }, systemRandom, sha256);
  await store.invites?.put(invite);
  return formatRelayAddress({ origin, token });
}

/** A service is told by SIGHUP to read its files again; at a terminal it means that the terminal is gone. */
function reloadOnHangUp({ terminal }: CommandContext, relay: NodeRelay): void {
  if (process.platform === "win32" || process.stdout.isTTY) return;
  process.removeAllListeners("SIGHUP");
  process.on("SIGHUP", () => {
    try {
      relay.reload();
    } catch (error) {
      if (!isVaultError(error)) throw error;
      terminal.say(`settings were not read again: ${error.message}`);
    }
  });
}

function readListen(text: string) {
  try {
    return readListener(text);
  } catch {
    throw new UsageError(`--listen ${text} is not host:port`, "write it as 127.0.0.1:4480 or [::1]:4480");
  }
}

function readTls({ "tls-cert": cert, "tls-key": key }: Options) {
  if (cert === undefined && key === undefined) return null;
  if (cert === undefined || key === undefined)
    throw new UsageError("--tls-cert and --tls-key belong together");
  return { cert, key };
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
