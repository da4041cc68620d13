/**
 * `latchkey ctap`: the authenticator on standard input and output, over the real vault or a throw-away one. Standard output carries
 * responses and nothing else. On the way of every cold sign-in: loads what that needs, the rest in other files.
 */
import { VaultError } from "@latchkey/core/errors";
import type { Cancellation } from "@latchkey/core/authenticator/cancellation";
import { decodeBase64url, encodeBase64url } from "@latchkey/core/bytes/text";
import type { InputOf } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { ctapSpec } from "../cli/specs/ctap.ts";
import { servePipe } from "../ctap/pipe.ts";
import { textOf } from "./facts.ts";
import { openSession, type Session } from "../host/session.ts";
import type { Question } from "@latchkey/device-host/channel";
import { UsageError } from "../terminal/usage-error.ts";

export async function run(context: CommandContext, { options }: InputOf<typeof ctapSpec>): Promise<null> {
  const { globals, signal } = context;
  if (globals.json !== null) throw new UsageError("ctap speaks CTAP on standard output, no JSON");
  if (globals.passphraseFd === 0)
    throw new UsageError(
      "standard input carries the requests, no passphrase",
      "use --passphrase-fd 3, or leave it out to be asked at the terminal",
    );
  if (options.user !== undefined && !options.ephemeral)
    throw new UsageError("--user is for the scripted person of --ephemeral");
  if (options.attestation !== undefined && !options.ephemeral)
    throw new UsageError("--attestation is for --ephemeral: a vault attests nothing");
  // Whoever interrupts is heard as the end of the input: what waits is answered, then the process ends.
  signal.addEventListener("abort", () => process.stdin.destroy(), { once: true });
  if (options.ephemeral) {
    const { runEphemeralCtap } = await import("../ctap/ephemeral.ts");
    await runEphemeralCtap({
      person: options.user ?? "approve",
      attestation: options.attestation ?? "none",
      input: process.stdin,
      output: process.stdout,
      reportFault: (fault) => context.terminal.detail(String(fault)),
    });
  } else {
    const session = await openSession(context);
    try {
      await serveVault(context, session);
    } finally {
      await session.close();
    }
  }
  signal.throwIfAborted();
  return null;
}

/** Turns the host's questions for the next request, and its responses, into requests answered one at a time. */
async function serveVault(context: CommandContext, session: Session): Promise<void> {
  let nextRequest = Promise.withResolvers<string>();
  let response = Promise.withResolvers<Uint8Array>();
  let cancellation: Cancellation | null = null;

  async function giveRequest(): Promise<string> {
    const request = await nextRequest.promise;
    nextRequest = Promise.withResolvers();
    return request;
  }

  const serving = session.call(
    "ctap",
    {},
    {
      onTell(event) {
        if (event["event"] === "refused")
          context.terminal.say(`not signed: ${textOf(event["message"])} (${textOf(event["code"])})`);
        else response.resolve(decodeBase64url(event["response"] as string) ?? new Uint8Array());
      },
      onAsk: (question) =>
        question.kind === "request" ? giveRequest() : verify(context, question, cancellation),
    },
  );
  const ended = serving.then((): never => {
    throw new VaultError("LK-CLI-HOST", "host serves no more requests");
  });
  // A host that goes away ends the pipe; at the orderly end there is nothing left to read.
  ended.catch(() => process.stdin.destroy());

  await servePipe({
    input: process.stdin,
    output: process.stdout,
    async handle(request, cancelled) {
      cancellation = cancelled;
      response = Promise.withResolvers();
      nextRequest.resolve(encodeBase64url(request));
      return Promise.race([response.promise, ended]);
    },
  });
  nextRequest.resolve("");
  await serving;
}

/** Whatever keeps the passphrase from coming means that nobody was verified: the client gets 0x27, or 0x2D when it went away itself. */
async function verify(
  context: CommandContext,
  { purpose }: Question,
  cancellation: Cancellation | null,
): Promise<string> {
  const gone = cancellation?.whenCancelled.then(() => {
    throw new VaultError("LK-AUTH-CANCELLED", "client went away while the person was asked");
  });
  const answer = context.readPassphrase(`passphrase to ${purpose}:`).catch((error: unknown) => {
    context.terminal.say(
      `not verified: ${error instanceof VaultError ? error.message : "unexpected failure"}`,
    );
    throw new VaultError("LK-AUTH-DENIED", "nobody was verified", { cause: error });
  });
  return Promise.race(gone === undefined ? [answer] : [answer, gone]);
}
