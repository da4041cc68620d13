/** Runs `main` in this process with what a test gives it, and catches what it prints. */
import { bindCommand, type Command, defineSpec } from "../../src/cli/command.ts";
import { COMMANDS } from "../../src/cli/commands.ts";
import { main } from "../../src/cli/main.ts";

/** A command with every kind of option and positional; its data is its input. */
export const echoSpec = defineSpec({
  name: "item show",
  summary: "show an item",
  positionals: [
    { name: "item", summary: "which one" },
    { name: "way", summary: "how", optional: true, choices: ["short", "long"] },
    { name: "rest", summary: "more", optional: true, many: true },
  ],
  options: {
    site: { type: "string", value: "site", summary: "of this site" },
    tag: { type: "string", multiple: true, summary: "with this tag" },
    file: { type: "string", isPath: true, summary: "from this file" },
    kind: { type: "string", choices: ["old", "new"], summary: "of this kind" },
    "dry-run": { type: "boolean", short: "n", summary: "only say what would be done" },
  },
  examples: ["latchkey item show x"],
});

const echo = bindCommand(echoSpec, async () => ({
  run: async (context, { positionals, options }) => ({
    data: {
      vault: context.globals.vault,
      item: positionals.item,
      way: positionals.way ?? null,
      rest: positionals.rest,
      site: options.site ?? null,
      tags: options.tag,
      dryRun: options["dry-run"],
    },
    text: () => `item ${positionals.item}`,
  }),
}));

const other = bindCommand({ ...echoSpec, name: "item list", positionals: [] }, async () => ({
  run: async () => ({ data: { items: [{ id: "a", site: "b" }] }, exitCode: 8 as const }),
}));

const waiting = bindCommand(defineSpec({ ...echoSpec, name: "wait", positionals: [] }), async () => ({
  run: ({ signal }) =>
    new Promise<null>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error))),
}));

const consent = bindCommand(defineSpec({ ...echoSpec, name: "consent", positionals: [] }), async () => ({
  run: async (context) => {
    await context.confirm("erase everything?");
    return { data: { erased: true } };
  },
}));

const completion = COMMANDS.filter(({ spec }) => spec.name === "completion");

/** One real command, so that tests of the command line stay as they are when commands come. */
export const TEST_COMMANDS: readonly Command[] = [...completion, echo, other, waiting, consent];
export const TEST_GROUPS = { item: "see items" };

export async function runMain(
  args: readonly string[],
  surroundings: Partial<Parameters<typeof main>[0]> = {},
) {
  const written = { stdout: "", stderr: "" };
  const sink = (name: keyof typeof written) => ({ write: (text: string) => (written[name] += text) });
  const exit = await main({
    args,
    env: {},
    stdout: sink("stdout"),
    stderr: sink("stderr"),
    interruption: new AbortController().signal,
    commands: TEST_COMMANDS,
    groups: TEST_GROUPS,
    ...surroundings,
  });
  return { exit, ...written };
}
