/** What the commands that edit a passkey share: one field set or cleared, and a word about it. */
import type { Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import { withSession } from "./with-session.ts";

export interface FieldEdit {
  /** A register's name: `title`, `note`, `tag/work`. */
  readonly field: string;
  /** `null` clears the field. */
  readonly value: string | true | null;
}

/** Makes the edits one after the other. Throws what the host throws; those before the one that failed are saved. */
export async function editPasskey(
  context: CommandContext,
  passkey: string,
  edits: readonly FieldEdit[],
): Promise<Outcome> {
  const changes = await withSession(context, async (session) => {
    const results = [];
    let selector = passkey;
    for (const { field, value } of edits) {
      const result = await session.call("passkey.edit", { passkey: selector, field, value });
      results.push(result);
      // The same one from here on, whatever another device does meanwhile.
      selector = result["id"] as string;
    }
    return results;
  });
  const changed = changes.some((result) => result["changed"] === true);
  context.terminal.say(changed ? "saved" : "it was so already");
  return { data: { id: changes[0]?.["id"] ?? null, changed } };
}
