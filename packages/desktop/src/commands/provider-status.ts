/** `latchkey provider status`: the steps until Windows offers the passkeys of this vault, as a list with marks. */
import { isVaultError } from "@latchkey/core/errors";
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { providerStatusSpec } from "../cli/specs/provider.ts";
import { requireSystem } from "../host/provider-methods.ts";
import { listProviderSteps } from "../host/provider-steps.ts";
import type { JsonObject } from "../terminal/json.ts";
import { makePrintable } from "../terminal/printable.ts";
import { textOf } from "./facts.ts";
import { withSession } from "./with-session.ts";

export async function run(
  context: CommandContext,
  _input: InputOf<typeof providerStatusSpec>,
): Promise<Outcome> {
  const system = requireSystem(context);
  const vault = await describeVault(context);
  const { steps } = await listProviderSteps(system, vault?.["enrolled"] === true);
  const unconfirmed = (vault?.["unconfirmed"] ?? []) as readonly JsonObject[];
  const done = steps.filter(({ isDone }) => isDone).length;
  return {
    data: {
      state: system.registration.read(),
      enrolled: vault?.["enrolled"] ?? null,
      stayOpenMinutes: vault?.["stayOpenMinutes"] ?? null,
      unconfirmed,
      done,
      of: steps.length,
    },
    text: () =>
      [
        ...steps.map(({ text, isDone }) => makePrintable(`${isDone ? "done" : "to do"}  ${text}`)),
        "",
        done === steps.length
          ? "Windows offers the passkeys of this vault"
          : `${done} of ${steps.length}: next, latchkey provider enable; what is wrong says latchkey doctor windows`,
        ...unconfirmed.map(({ id, site, user }) =>
          makePrintable(
            `perhaps not at its site: ${textOf(site)} ${textOf(user)}; sign in with it, or latchkey passkey rm ${textOf(id).slice(0, 12)}`,
          ),
        ),
      ].join("\n"),
  };
}

/** `null` while there is no vault: then it is one of the steps. */
async function describeVault(context: CommandContext): Promise<JsonObject | null> {
  try {
    return await withSession(context, (session) => session.call("provider.status", {}));
  } catch (error) {
    if (isVaultError(error, "LK-VAULT-MISSING")) return null;
    throw error;
  }
}
