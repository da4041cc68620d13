/** `latchkey up`: the host of a vault, serving the other commands over the control socket until it is interrupted. */
import { deriveControlPath } from "../control/place.ts";
import { serveControl } from "../control/serve-control.ts";
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { upSpec } from "../cli/specs/up.ts";
import { isVaultError } from "@latchkey/core/errors";
import { startBeacons } from "../host/beacons.ts";
import { callMethod, type HostServices } from "../host/methods.ts";
import { startRelayService } from "../host/relay-service.ts";
import { toChannel } from "../host/session.ts";
import { VaultHost } from "../host/vault-host.ts";
import { openVaultFile } from "../vault-file/vault-file.ts";

export async function run(
  context: CommandContext,
  { options }: InputOf<typeof upSpec>,
): Promise<Outcome | null> {
  const { globals, terminal, signal } = context;
  const host = new VaultHost(globals.vault, openVaultFile(globals.vault));
  const reportFault = (fault: unknown): void => terminal.detail(String(fault));
  const relays = startRelayService(host, reportFault);
  startBeacons(host, reportFault);
  const services: HostServices = { host, isServed: true, relays, reportFault };
  const control = await serveControl({
    path: deriveControlPath(globals.vault, context.env),
    handle: (method, params, channel) =>
      callMethod(services, method, params, {
        tell: (event) => channel.tell(event),
        ask: ({ kind, purpose }) => channel.ask(kind, purpose),
        signal: channel.signal,
      }),
    onFault: reportFault,
  });
  try {
    // Announced before anything is asked: from here on other commands reach this host.
    if (globals.json === null) terminal.say(`the vault ${globals.vault} is served here; interrupt to end`);
    else terminal.data(JSON.stringify({ schema: 1, ok: true, event: "up", vault: globals.vault }));
    if (!options.locked) await unlockAtStart(context, services);
    await ended(signal);
    return null;
  } finally {
    await control.close();
    relays.stop();
    await host.close();
  }
}

/** Where nobody can be asked the host stays locked, which is a normal state; a wrong passphrase ends the command. */
async function unlockAtStart(context: CommandContext, services: HostServices): Promise<void> {
  try {
    await callMethod(services, "unlock", {}, toChannel(context, {}));
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
