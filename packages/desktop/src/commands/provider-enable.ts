/** `latchkey provider enable`: registration, enrolment, and the way to the switch that only the person can turn. */
import { VaultError } from "@latchkey/core/errors";
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { providerEnableSpec } from "../cli/specs/provider.ts";
import { requireSystem } from "../host/provider-methods.ts";
import type { RegistrationState, SystemProvider } from "../host/system-provider.ts";
import { UsageError } from "../terminal/usage-error.ts";
import { renderFacts } from "./facts.ts";
import { withSession } from "./with-session.ts";

export async function run(
  context: CommandContext,
  { options }: InputOf<typeof providerEnableSpec>,
): Promise<Outcome> {
  const system = requireSystem(context);
  const minutes = readMinutes(options["stay-open"]);
  refuseOtherVault(context, system);
  // First what costs nobody a gesture: a remote session or a missing package is known before anything is asked.
  let state: RegistrationState = await system.registration.register({ eddsa: options.eddsa });
  const enrolment = await withSession(context, (session) =>
    session.call(
      "provider.enrol",
      { minutes },
      {
        onTell: () =>
          context.terminal.say(
            "Windows now asks for your face, finger or PIN, two or three times: once to make the key, then to try it",
          ),
      },
    ),
  );
  if (state === "disabled") state = await waitForSwitch(context, system, options["no-wait"]);
  return {
    data: { state, ...enrolment },
    text: () =>
      renderFacts([
        ["registered with Windows", "yes"],
        ["switched on in Settings", state === "enabled" ? "yes" : "no"],
        ["opened by Windows Hello", "yes"],
        ["signing stays open", minutes === 0 ? "no" : `${minutes} min`],
      ]),
  };
}

/** Windows would open another vault than the one that was set up here. */
function refuseOtherVault({ globals }: CommandContext, { vault }: SystemProvider): void {
  if (globals.vault !== vault) throw new VaultError("LK-WINDOWS-VAULT", `vault is not ${vault}`);
}

function readMinutes(text: string | undefined): number {
  if (text === undefined) return 0;
  if (/^\d{1,2}$/.test(text)) return Number(text);
  throw new UsageError(`--stay-open ${text} is not a number of minutes`, "write it as --stay-open 5");
}

async function waitForSwitch(
  { terminal, signal }: CommandContext,
  { registration }: SystemProvider,
  isImpatient: boolean,
): Promise<RegistrationState> {
  terminal.say(
    "turn Latchkey on: Settings, Accounts, Passkeys, Advanced options; Windows confirms it with Windows Hello",
  );
  if (isImpatient) return "disabled";
  registration.openSettings();
  terminal.say("waiting for the switch; interrupt to do it later");
  return registration.waitForChange("disabled", signal);
}
