/** `latchkey relay purge`: drops a room from a relay's file. */
import { encodeBase64url } from "@latchkey/core/bytes/text";
import { VaultError } from "@latchkey/core/errors";
import { dropRoom } from "@latchkey/sync-relay/hosts/relay-file";
import { inspectRelayFile } from "@latchkey/sync-relay/store/inspect";
import type { RoomId } from "@latchkey/core/relay-protocol";
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { relayPurgeSpec } from "../cli/specs/relay.ts";
import { countOf } from "./facts.ts";
import { findRelayFile } from "./relay-file.ts";

export async function run(
  context: CommandContext,
  { positionals, options }: InputOf<typeof relayPurgeSpec>,
): Promise<Outcome> {
  const file = findRelayFile(options.file, context);
  const { rooms } = inspectRelayFile(file);
  const given = positionals.room.replace(/…$/, "");
  const meant = rooms.filter(({ roomId }) => encodeBase64url(roomId).startsWith(given));
  const [room] = meant;
  if (room === undefined || meant.length > 1) {
    throw new VaultError(
      "LK-RELAY-CONFIG",
      `${countOf(meant.length, "room")} of the relay begins with ${given}`,
    );
  }
  const { entries, pins } = room.description;
  await context.confirm(
    `drop room ${encodeBase64url(room.roomId)} with ${countOf(entries + pins, "record")}?`,
  );
  dropRoom(file, room.roomId as RoomId);
  return { data: { file, room: encodeBase64url(room.roomId), entries, pins } };
}
