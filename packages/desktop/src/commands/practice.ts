/** `latchkey practice`: the practice site as a website on this machine, until it is interrupted. */
import { spawn } from "node:child_process";
import { buildApp } from "@latchkey/web-ui/build";
import type { InputOf } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { practiceSpec } from "../cli/specs/practice.ts";
import { chooseOpener } from "../loopback/open-browser.ts";
import { readPageFiles } from "../loopback/page-files.ts";
import { PREFERRED_PRACTICE_PORT, servePractice } from "../practice/serve-practice.ts";
import { renderResult } from "../terminal/json.ts";
import { UsageError } from "../terminal/usage-error.ts";

export async function run(
  { globals, terminal, signal, env }: CommandContext,
  { options }: InputOf<typeof practiceSpec>,
): Promise<null> {
  const port = readPort(options.port);
  const server = await servePractice(readPageFiles(await buildApp(), "practice.html"), port);
  try {
    terminal.data(globals.json === null ? server.origin : renderResult({ origin: server.origin }, []));
    // The address holds no secret, so it may stand on a command line.
    const opener = options.open ? chooseOpener(env) : null;
    if (opener !== null)
      spawn(opener[0], [...opener[1], server.origin], { stdio: "ignore", detached: true })
        .on("error", () => {})
        .unref();
    terminal.say("the practice site is served here; interrupt to end");
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener("abort", () => resolve(), { once: true });
    });
    return null;
  } finally {
    await server.close();
  }
}

function readPort(text: string | undefined): number {
  if (text === undefined) return PREFERRED_PRACTICE_PORT;
  const port = Number(text);
  if (!/^[0-9]{1,5}$/.test(text) || port > 65_535)
    throw new UsageError(`--port ${text} is no port`, "give a number from 0 to 65535; 0 is any free one");
  return port;
}
