/**
 * A command's way to the vault: the host that runs already, over its control socket, or else the file itself, opened for the length of the
 * command. Either way the same methods answer, and the same questions are asked here, where the person is.
 */
import type { CommandContext } from "../cli/context.ts";
import type { JsonObject } from "../terminal/json.ts";
import { openVaultFile } from "../vault-file/vault-file.ts";
import type { Channel, Question } from "./channel.ts";
import { callMethod, type HostServices, type MethodName } from "./methods.ts";
import { VaultHost } from "./vault-host.ts";

/** What a command does with the host's events and questions, beside the usual. */
export interface Conversation {
  readonly onTell?: (event: JsonObject) => void;
  /** Answers a question itself, or returns `null` for the usual answer. */
  readonly onAsk?: (question: Question) => Promise<string> | null;
}

export interface Session {
  call(name: MethodName, params: JsonObject, conversation?: Conversation): Promise<JsonObject>;
  close(): Promise<void>;
}

export interface SessionOptions {
  /** Connect to the vault's relays while the command runs, when it opens the file itself. */
  readonly withRelays?: boolean;
}

/** Throws `LK-VAULT-MISSING` and what else opening a vault file throws. */
export async function openSession(context: CommandContext, options: SessionOptions = {}): Promise<Session> {
  const path = context.globals.vault;
  const store = openVaultFile(path);
  const host = new VaultHost(path, store);
  const reportFault = (fault: unknown): void => context.terminal.detail(String(fault));
  const relays = options.withRelays
    ? (await import("./relay-service.ts")).startRelayService(host, reportFault)
    : null;
  const services: HostServices = { host, relays, reportFault };
  return {
    call: (name, params, conversation = {}) =>
      callMethod(services, name, params, toChannel(context, conversation)),
    async close() {
      relays?.stop();
      await host.close();
    },
  };
}

/** Questions at this command's terminal, or from where its options say. */
export function toChannel(context: CommandContext, { onTell, onAsk }: Conversation): Channel {
  return {
    tell: (event) => onTell?.(event),
    ask: (question) => onAsk?.(question) ?? answer(context, question),
    signal: context.signal,
  };
}

function answer(context: CommandContext, question: Question): Promise<string> {
  switch (question.kind) {
    case "passphrase":
      return context.readPassphrase(`passphrase to ${question.purpose}:`);
    case "code":
    case "request":
      return context.prompter.askLine(`${question.purpose}:`);
  }
}
