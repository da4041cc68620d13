/** `latchkey passkey rm`: asks once for all that it moves, after each was found. */
import { VaultError } from "@latchkey/core/errors";
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { passkeyRmSpec } from "../cli/specs/passkey.ts";
import type { Session } from "../host/session.ts";
import { makePrintable } from "../terminal/printable.ts";
import { countOf } from "./facts.ts";
import { namePasskey, type PasskeyData, readPasskey } from "./passkey-data.ts";
import { withSession } from "./with-session.ts";

export async function run(
  context: CommandContext,
  { positionals, options }: InputOf<typeof passkeyRmSpec>,
): Promise<Outcome> {
  const dryRun = options["dry-run"];
  return withSession(context, async (session) => {
    const passkeys = await findAll(session, positionals.passkey);
    const data = {
      dryRun,
      passkeys: passkeys.map(({ id, site, user, title }) => ({ id, site, user, title })),
    };
    const names = passkeys.map((passkey) => makePrintable(namePasskey(passkey))).join(", ");
    if (dryRun) {
      context.terminal.say(`would go to the trash: ${names}`);
      return { data };
    }
    await context.confirm(`move ${names} to the trash?`);
    for (const { id } of passkeys) await session.call("passkey.delete", { passkey: id });
    context.terminal.say(`${countOf(passkeys.length, "passkey")} moved to the trash`);
    return { data };
  });
}

/** Each once, in the order given. Throws `LK-VAULT-NOT-FOUND` also for one that is in the trash already. */
async function findAll(session: Session, selectors: readonly string[]): Promise<PasskeyData[]> {
  const found = new Map<string, PasskeyData>();
  for (const passkey of selectors) {
    const shown = readPasskey(await session.call("passkey.show", { passkey }));
    if (shown.state === "deleted")
      throw new VaultError("LK-VAULT-NOT-FOUND", `${passkey} is in the trash already`);
    found.set(shown.id, shown);
  }
  return [...found.values()];
}
