/** `latchkey relay invite`: makes invitations to a relay, shows them, ends them. */
import { VaultError } from "@latchkey/core/errors";
import { formatRelayAddress } from "@latchkey/core/relay-protocol";
import { readConfig, readOrigin } from "@latchkey/sync-relay/config";
import { addInvite, dropInvite, listInvites } from "@latchkey/sync-relay/hosts/relay-file";
import { dayOf } from "@latchkey/sync-relay/limits";
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { relayInviteSpec } from "../cli/specs/relay.ts";
import { renderTable } from "../terminal/table.ts";
import { UsageError } from "../terminal/usage-error.ts";
import { findRelayFile } from "./relay-file.ts";
import { DEFAULT_ORIGIN } from "./relay-serve.ts";

const DAY_MS = 86_400_000;

type Options = InputOf<typeof relayInviteSpec>["options"];

export async function run(
  context: CommandContext,
  { options }: InputOf<typeof relayInviteSpec>,
): Promise<Outcome> {
  const file = findRelayFile(options.file, context);
  if (options.list) return list(context, file);
  if (options.drop !== undefined) return drop(context, file, readCount("drop", options.drop));
  return add(context, file, options);
}

function add(context: CommandContext, file: string, options: Options): Outcome {
  const { limits, origins } = readConfig(context.env);
  const origin = options.origin === undefined ? (origins[0] ?? DEFAULT_ORIGIN) : readOrigin(options.origin);
  const rooms = options.rooms === undefined ? limits.inviteRooms : readCount("rooms", options.rooms);
  const days = options.days === undefined ? null : readCount("days", options.days);
  const untilDay = days === null ? null : dayOf(Date.now()) + days;
  const address = formatRelayAddress({ origin, token: addInvite(file, { rooms, untilDay }) });
  context.terminal.say(
    "this address is shown once; give it to latchkey init --relay - or latchkey relay add, where it is asked for",
  );
  return { data: { file, address, rooms, until: dayText(untilDay) }, text: () => address };
}

function list(context: CommandContext, file: string): Outcome {
  const invites = listInvites(file).map(({ ref, rooms, alive, untilDay }) => ({
    number: ref,
    rooms,
    alive,
    until: dayText(untilDay),
  }));
  const rows = invites.map(({ number, rooms, alive, until }) => [
    String(number),
    String(rooms),
    String(alive),
    until ?? "no end",
  ]);
  const style = (heading: string): string => context.terminal.style("bold", heading);
  return {
    data: { file, invitations: invites },
    text: () =>
      rows.length === 0 ? "no invitation" : renderTable(["NUMBER", "ROOMS", "ALIVE", "UNTIL"], rows, style),
  };
}

function drop({ terminal }: CommandContext, file: string, number: number): Outcome {
  if (!dropInvite(file, number)) throw new VaultError("LK-RELAY-CONFIG", `there is no invitation ${number}`);
  terminal.say(`invitation ${number} makes no more rooms; those that it made stay`);
  return { data: { file, number } };
}

function readCount(option: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageError(`--${option} ${text} is not a whole number above 0`);
  return Number(text);
}

const dayText = (day: number | null): string | null =>
  day === null ? null : new Date(day * DAY_MS).toISOString().slice(0, 10);
