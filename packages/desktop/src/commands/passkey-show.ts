/** `latchkey passkey show`: all that is known of one passkey but its key. */
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { passkeyShowSpec } from "../cli/specs/passkey.ts";
import { type Fact, renderFacts } from "./facts.ts";
import { type CopiesData, describeMarks, type PasskeyData, readPasskey } from "./passkey-data.ts";
import { withSession } from "./with-session.ts";

export async function run(
  context: CommandContext,
  { positionals }: InputOf<typeof passkeyShowSpec>,
): Promise<Outcome> {
  const { passkey } = positionals;
  const data = await withSession(context, (session) => session.call("passkey.show", { passkey }));
  return { data, text: () => renderPasskey(readPasskey(data)) };
}

function describeCopies({ have, of, devices }: CopiesData): string {
  if (of === 1) return "only on this device; latchkey device add makes a second copy";
  if (have === 1) return `1 of ${of} devices: only this one, as far as the others have said`;
  return `${have} of ${of} devices: ${devices.join(", ")}`;
}

function renderPasskey(passkey: PasskeyData): string {
  const { conflicts, editedAfterDeletion } = passkey;
  const marks = describeMarks(passkey);
  return renderFacts([
    ["site", passkey.site ?? "this version cannot read it; it is kept as it is"],
    ["user", passkey.user],
    ["name", passkey.displayName],
    ["title", passkey.title],
    ["tags", passkey.tags.length === 0 ? null : passkey.tags.join(", ")],
    ["note", passkey.note],
    ["made on", passkey.createdAt?.slice(0, 10) ?? null],
    ["in trash", passkey.deletedOn === null ? null : `since ${passkey.deletedOn}`],
    ...editedAfterDeletion.map(({ field, value, by }): Fact => [
      "edited",
      `${by} set ${field} to ${String(value)} after it was deleted`,
    ]),
    ...conflicts.map(({ field, kept, offered }): Fact => [
      "conflict",
      [
        `${field}: ${String(kept.value)} (${kept.by}) is shown`,
        ...offered.map(({ value, by }) => `${String(value)} (${by})`),
      ].join("; "),
    ]),
    ["copies", passkey.copies === undefined ? null : describeCopies(passkey.copies)],
    ["marks", marks === "" ? null : marks],
    ["id", passkey.id],
  ]);
}
