/** `latchkey status`, once or at each change. */
import { setTimeout } from "node:timers/promises";
import { isVaultError } from "@latchkey/core/errors";
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { statusSpec } from "../cli/specs/vault.ts";
import type { Session } from "../host/session.ts";
import { type JsonObject, renderResult } from "../terminal/json.ts";
import { UsageError } from "../terminal/usage-error.ts";
import { renderStatus } from "./status-text.ts";
import { withSession } from "./with-session.ts";

/** Between two looks of `--watch`. */
const WATCH_MILLISECONDS = 1_000;

export async function run(
  context: CommandContext,
  { options }: InputOf<typeof statusSpec>,
): Promise<Outcome | null> {
  const wantsOpen = options.unlock || context.globals.passphraseFd !== null;
  return withSession(
    context,
    async (session) => {
      if (wantsOpen) await session.call("unlock", {});
      else if (options.watch && !session.hasHost) {
        throw new UsageError("a locked vault has nothing to watch", "run latchkey up, or add --unlock");
      }
      if (options.watch) return watch(context, session);
      const data = await session.call("status", {});
      return { data, text: () => renderStatus(data, session.hasHost, Date.now()) };
    },
    { withRelays: options.watch },
  );
}

/** Interrupting it is how it ends. */
async function watch(context: CommandContext, session: Session): Promise<null> {
  let shown = "";
  try {
    for (;;) {
      context.signal.throwIfAborted();
      const now = render(context, await session.call("status", {}), session.hasHost);
      if (now !== shown) context.terminal.data(now);
      shown = now;
      await setTimeout(WATCH_MILLISECONDS, undefined, { signal: context.signal });
    }
  } catch (error) {
    const reason = context.signal.aborted ? (context.signal.reason as unknown) : error;
    if (isVaultError(reason, "LK-CLI-CANCELLED")) return null;
    throw reason;
  }
}

function render({ globals }: CommandContext, data: JsonObject, hasHost: boolean): string {
  return globals.json === null
    ? `${renderStatus(data, hasHost, Date.now())}\n`
    : renderResult(data, globals.json);
}
