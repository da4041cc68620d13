/** `latchkey device remove`: puts a device out, and says which passkeys it had: it keeps them until they are replaced at their sites. */
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { deviceRemoveSpec } from "../cli/specs/device.ts";
import type { JsonObject } from "../terminal/json.ts";
import { renderTable } from "../terminal/table.ts";
import { countOf, textOf } from "./facts.ts";
import { LATER } from "./intent-text.ts";
import { withSession } from "./with-session.ts";

export async function run(
  context: CommandContext,
  { positionals, options }: InputOf<typeof deviceRemoveSpec>,
): Promise<Outcome> {
  const { terminal } = context;
  await context.confirm(`remove ${positionals.device} and change the vault's keys?`);
  const data = await withSession(
    context,
    (session) => session.call("device.remove", { ...positionals, lost: options.lost }),
    {
      withRelays: true,
    },
  );
  const name = textOf((data["removed"] as JsonObject)["name"]);
  const exposed = data["exposed"] as readonly JsonObject[];
  terminal.say(
    data["intended"] === true
      ? `${name} is not removed yet: ${LATER}`
      : `${name} is removed; your other devices follow when they next sync`,
  );
  if (exposed.length === 0) return { data };
  terminal.say(
    `${name} had ${countOf(exposed.length, "passkey")}, which still work on it until you replace them at the site`,
  );
  if (options.lost) {
    terminal.say("at each site: sign in here, add a new passkey, then remove the old one from the account");
    terminal.say("latchkey rotate plan lists them, the most urgent first, and keeps how far you have come");
  }
  return { data, text: () => renderExposed(exposed, (heading) => terminal.style("bold", heading)) };
}

const renderExposed = (exposed: readonly JsonObject[], style: (heading: string) => string): string =>
  renderTable(
    ["SITE", "USER", "TITLE"],
    exposed.map(({ site, user, title }) => [textOf(site ?? ""), textOf(user ?? ""), textOf(title ?? "")]),
    style,
  );
