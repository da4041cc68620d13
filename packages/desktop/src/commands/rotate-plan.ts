/** `latchkey rotate plan`: what a lost device may still hold, the most urgent first. */
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { rotatePlanSpec } from "../cli/specs/rotate.ts";
import type { JsonObject } from "../terminal/json.ts";
import { renderTable } from "../terminal/table.ts";
import { countOf, renderFacts, textOf } from "./facts.ts";
import { withSession } from "./with-session.ts";

/** As the host describes it (`device-host/rotation-methods.ts`). */
interface StepData {
  readonly site: string;
  readonly user: string | null;
  readonly title: string | null;
  readonly reasons: readonly string[];
  readonly usedThere: string | null;
  readonly state: "open" | "done" | "gone";
}

const STATES = { open: "to be replaced", done: "replaced", gone: "in the trash" } as const;
const REASONS: Readonly<Record<string, string>> = { "used-there": "used there" };

export async function run(
  context: CommandContext,
  { options }: InputOf<typeof rotatePlanSpec>,
): Promise<Outcome> {
  const { page, device = null } = options;
  if (page !== undefined) return showPage(context, page);
  const data = await withSession(context, (session) => session.call("rotate.plan", { device }));
  const steps = data["steps"] as unknown as readonly StepData[];
  const name = textOf((data["device"] as JsonObject)["name"]);
  const open = data["open"] as number;
  context.terminal.say(
    steps.length === 0
      ? `${name} held no passkey`
      : open === 0
        ? `${name} held ${countOf(steps.length, "passkey")}; nothing is left to be replaced`
        : `${name} may still hold ${countOf(steps.length, "passkey")}, ${open} to be replaced: sign in here, add a new one at the site, try it, remove the old one there`,
  );
  return {
    data,
    text: () =>
      renderTable(
        ["SITE", "USER", "WHY", "STATE"],
        steps.map(({ site, user, reasons, state }) => [
          textOf(site),
          textOf(user ?? ""),
          reasons.map((reason) => REASONS[reason] ?? reason).join(", "),
          STATES[state],
        ]),
        (heading) => context.terminal.style("bold", heading),
      ),
  };
}

async function showPage(context: CommandContext, passkey: string): Promise<Outcome> {
  const data = await withSession(context, (session) => session.call("rotate.page", { passkey }));
  const [enroll, manage] = [data["enroll"], data["manage"]];
  if (enroll === null && manage === null)
    context.terminal.say("the site does not say where; look in its settings, often under security");
  return {
    data,
    text: () =>
      renderFacts([
        ["site", textOf(data["site"])],
        ["add a passkey", enroll === null ? null : textOf(enroll)],
        ["manage passkeys", manage === null ? null : textOf(manage)],
        ["begin at", enroll === null && manage === null ? textOf(data["home"]) : null],
      ]),
  };
}
