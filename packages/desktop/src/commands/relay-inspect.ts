/** `latchkey relay inspect`: what a relay's file holds, room by room, in words. */
import { encodeBase64url, encodeHex } from "@latchkey/core/bytes/text";
import { inspectRelayFile, type RoomReport } from "@latchkey/sync-relay/store/inspect";
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { relayInspectSpec } from "../cli/specs/relay.ts";
import type { JsonObject } from "../terminal/json.ts";
import { renderTable } from "../terminal/table.ts";
import { countOf } from "./facts.ts";
import { findRelayFile } from "./relay-file.ts";

const DAY_MS = 86_400_000;
/** Characters of a room's id that tell it from the others of one relay. */
const ROOM_CHARACTERS = 8;

export async function run(
  context: CommandContext,
  { options }: InputOf<typeof relayInspectSpec>,
): Promise<Outcome> {
  const file = findRelayFile(options.file, context);
  const { instanceId, rooms } = inspectRelayFile(file);
  return {
    data: { file, instanceId: encodeBase64url(instanceId), rooms: rooms.map(describeRoom) },
    text: () =>
      [
        `${countOf(rooms.length, "room")} in ${file}; no name, no site, no key: all entries are sealed`,
        ...rooms.map((room) => renderRoom(room, (heading) => context.terminal.style("bold", heading))),
      ].join("\n\n"),
  };
}

const dayText = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

function describeRoom({ roomId, description, sizes }: RoomReport): JsonObject {
  const { createdDay, seenDay, entries, bytes, pins, pinBytes, snapshot, forward, invite } = description;
  return {
    id: encodeBase64url(roomId),
    created: dayText(createdDay),
    seen: dayText(seenDay),
    entries,
    bytes,
    pins,
    pinBytes,
    hasSnapshot: snapshot !== null,
    hasForward: forward !== null,
    invitation: invite,
    devices: description.tags.map((tag) => ({
      tag: encodeHex(tag.deviceTag),
      entries: tag.entries,
      bytes: tag.bytes,
      first: dayText(tag.firstDay),
      last: dayText(tag.lastDay),
    })),
    sizes: sizes.map((size) => ({ ...size })),
  };
}

function renderRoom({ roomId, description, sizes }: RoomReport, style: (heading: string) => string): string {
  const { createdDay, seenDay, entries, bytes, snapshot, tags, invite } = description;
  const facts = [
    `since ${dayText(createdDay)}`,
    `last joined ${dayText(seenDay)}`,
    `${entries} sealed ${entries === 1 ? "entry" : "entries"}`,
    `${bytes} bytes`,
    snapshot === null ? "no snapshot" : "a sealed snapshot",
    ...(invite === null ? [] : [`by invitation ${invite}`]),
  ];
  const devices = tags.map((tag) => [
    encodeHex(tag.deviceTag),
    String(tag.entries),
    String(tag.bytes),
    dayText(tag.firstDay),
    dayText(tag.lastDay),
  ]);
  return [
    `room ${encodeBase64url(roomId).slice(0, ROOM_CHARACTERS)}…: ${facts.join(", ")}`,
    renderTable(["DEVICE TAG", "ENTRIES", "BYTES", "FIRST", "LAST"], devices, style),
    `sizes: ${sizes.map((size) => `${size.entries} of ${size.bytes} bytes`).join(", ") || "none"}`,
  ]
    .filter((part) => part !== "")
    .join("\n");
}
