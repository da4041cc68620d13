/**
 * `latchkey up`: the host of a vault, serving the other commands over the control socket until it is interrupted. With `--open` it serves
 * the app as well, also on a machine that has no vault yet; where a host runs already, that one is asked for an address that opens it.
 */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { connectControl } from "../control/connect-control.ts";
import { deriveControlPath, prepareFolder } from "../control/place.ts";
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { upSpec } from "../cli/specs/up.ts";
import { isVaultError } from "@latchkey/core/errors";
import { toChannel } from "../host/session.ts";
import { APP_LINK, serveHost } from "../loopback/serve-host.ts";
import type { LanRelay } from "../lan/lan-relay.ts";
import { ServedVault } from "../loopback/served-vault.ts";
import type { JsonObject } from "../terminal/json.ts";

export async function run(
  context: CommandContext,
  { options }: InputOf<typeof upSpec>,
): Promise<Outcome | null> {
  const { globals, terminal, signal, env } = context;
  const path = globals.vault;
  // The place of the control socket depends on the vault's folder, so that is there before the vault is.
  if (options.open) mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const controlPath = deriveControlPath(path, env);
  if (options.open && (await openRunning(context, controlPath))) return null;

  const reportFault = (fault: unknown): void => terminal.detail(String(fault));
  const served = new ServedVault(path, options.open, reportFault, context);
  let lan: LanRelay | null = null;
  const serving = await serveHost(served, controlPath);
  try {
    // Announced before anything is asked: from here on other commands reach this host.
    if (globals.json === null) terminal.say(`the vault ${path} is served here; interrupt to end`);
    else terminal.data(JSON.stringify({ schema: 1, ok: true, event: "up", vault: path }));
    if (options.lan) lan = await serveLan(context, served, options["lan-address"]);
    if (options.open) await show(context, controlPath, await serving.makeAppLink());
    else if (!options.locked) await unlockAtStart(context, served);
    await ended(signal);
    return null;
  } finally {
    await serving.close();
    await lan?.close().catch(reportFault);
    await served.close();
  }
}

/** Throws `LK-VAULT-MISSING`, or `LK-RELAY-CONFIG` when this machine has no such address. */
async function serveLan(
  { globals, terminal }: CommandContext,
  served: ServedVault,
  address: string | undefined,
): Promise<LanRelay> {
  const { startLanRelay } = await import("../lan/lan-relay.ts");
  const { host, relays, reportFault } = served.services;
  if (relays === null) throw new TypeError("a served vault has relays");
  const lan = await startLanRelay({ host, relays, address, reportFault });
  if (globals.json === null) terminal.say(`your devices on this network meet at ${lan.origin}`);
  else terminal.data(JSON.stringify({ schema: 1, ok: true, event: "lan", origin: lan.origin }));
  return lan;
}

/** `false` when no host runs. */
async function openRunning(context: CommandContext, controlPath: string): Promise<boolean> {
  const running = await connectControl(controlPath);
  if (running === null) return false;
  try {
    const { signal } = context;
    const { onTell, onAsk } = { onTell: () => {}, onAsk: () => Promise.reject(new TypeError("never asked")) };
    const { address } = (await running.call(APP_LINK, {}, { signal, onTell, onAsk })) as JsonObject;
    await show(context, controlPath, address as string);
    return true;
  } finally {
    running.close();
  }
}

/** In the browser, and as text for a machine that shows none. */
async function show(
  { globals, terminal, env }: CommandContext,
  controlPath: string,
  address: string,
): Promise<void> {
  const { openBrowser } = await import("../loopback/open-browser.ts");
  prepareFolder(controlPath);
  const isShown = globals.json === null && openBrowser(address, dirname(controlPath), env);
  if (globals.json !== null) terminal.data(JSON.stringify({ schema: 1, ok: true, event: "app", address }));
  else terminal.data(`${address}\n`);
  terminal.say(
    isShown
      ? "the app opens in your browser; the address is good for a minute, once"
      : "open this address in a browser on this machine; it is good for a minute, once",
  );
}

/** Where nobody can be asked the host stays locked, which is a normal state; a wrong passphrase ends the command. */
async function unlockAtStart(context: CommandContext, served: ServedVault): Promise<void> {
  try {
    await served.call("unlock", {}, toChannel(context, {}));
    context.terminal.say("the vault is open");
  } catch (error) {
    if (!isVaultError(error, "LK-CLI-NO-INPUT")) throw error;
    context.terminal.say("the vault is locked; latchkey unlock opens it");
  }
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
