/** `latchkey relay status`: how this device stands with each relay of the vault. */
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { relayStatusSpec } from "../cli/specs/relay.ts";
import { renderTable } from "../terminal/table.ts";
import { describeRelay, readSync } from "./sync-text.ts";
import { withSession } from "./with-session.ts";

export async function run(
  context: CommandContext,
  _input: InputOf<typeof relayStatusSpec>,
): Promise<Outcome> {
  const data = await withSession(context, (session) => session.call("relay.status", {}), {
    withRelays: true,
  });
  const { relays, paused } = readSync(data);
  return {
    data,
    text: () => {
      if (relays.length === 0) return "the vault has no relay; latchkey relay add names one";
      const rows = relays.map((relay) => [
        relay.origin,
        describeRelay(relay, paused),
        relay.settledAt?.slice(0, 16).replace("T", " ") ?? "",
        relay.expiresOn ?? "",
      ]);
      return renderTable(["RELAY", "STATE", "UP TO DATE", "KEPT UNTIL"], rows, (heading) =>
        context.terminal.style("bold", heading),
      );
    },
  };
}
