/** `latchkey passkey list`: a table for people, sorted by site; the data is as the host gives it. */
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { passkeyListSpec } from "../cli/specs/passkey.ts";
import { renderTable } from "../terminal/table.ts";
import { createIdShortener, describeMarks, type PasskeyData, readPasskeys } from "./passkey-data.ts";
import { withSession } from "./with-session.ts";

export async function run(
  context: CommandContext,
  { options }: InputOf<typeof passkeyListSpec>,
): Promise<Outcome> {
  const { site = null, tag = null, trash } = options;
  const data = await withSession(context, (session) => session.call("passkey.list", { site, tag, trash }));
  const passkeys = readPasskeys(data);
  if (passkeys.length === 0) {
    const filtered = site !== null || tag !== null;
    const where = trash ? "in the trash" : "in this vault";
    context.terminal.say(filtered ? "no passkey fits" : `no passkey is ${where}`);
  }
  return {
    data,
    text: () => renderList(passkeys, trash, (heading) => context.terminal.style("bold", heading)),
  };
}

function renderList(
  passkeys: readonly PasskeyData[],
  trash: boolean,
  style: (heading: string) => string,
): string {
  const shorten = createIdShortener(passkeys.map(({ id }) => id));
  const rows = [...passkeys]
    .sort((a, b) => compareText(a.site, b.site) || compareText(a.user, b.user))
    .map((passkey) => [
      shorten(passkey.id),
      passkey.site ?? "?",
      passkey.user ?? "",
      passkey.title ?? "",
      passkey.tags.join(", "),
      ...(trash ? [passkey.deletedOn ?? ""] : []),
      describeMarks(passkey),
    ]);
  const heading = ["ID", "SITE", "USER", "TITLE", "TAGS", ...(trash ? ["DELETED"] : []), ""];
  return renderTable(heading, rows, style);
}

const compareText = (a: string | null, b: string | null): number => (a ?? "").localeCompare(b ?? "", "en");
