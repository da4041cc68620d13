/**
 * A command's way to the vault: the host that runs already, over its control socket, or else the file itself, opened for the length of the
 * command. Either way the same methods answer, and the same questions are asked here, where the person is.
 */
import { setTimeout as wait } from "node:timers/promises";
import { isVaultError } from "@latchkey/core/errors";
import type { CommandContext } from "../cli/context.ts";
import { connectControl, type ControlClient } from "../control/connect-control.ts";
import { deriveControlPath } from "../control/place.ts";
import type { JsonObject } from "../terminal/json.ts";
import { watchPolicy } from "../policy/watch-policy.ts";
import { openVaultFile } from "../vault-file/vault-file.ts";
import type { Channel, Question } from "@latchkey/device-host/channel";
import { verifyBySystem } from "./ask-system.ts";
import { callMethod, type MachineServices, type MethodName } from "./methods.ts";
import { VaultHost } from "./vault-host.ts";

/** Milliseconds that a process which the system has started for a sign-in may take until commands reach it: the sign-in comes before. */
const ARRIVAL_MS = 20_000;
const LOOK_MS = 250;

/** What a command does with the host's events and questions, beside the usual. */
export interface Conversation {
  readonly onTell?: (event: JsonObject) => void;
  /** Answers a question itself, or returns `null` for the usual answer. */
  readonly onAsk?: (question: Question) => Promise<string> | null;
}

export interface Session {
  /** Whether a running host does the work: what it opens stays open. */
  readonly hasHost: boolean;
  call(name: MethodName, params: JsonObject, conversation?: Conversation): Promise<JsonObject>;
  close(): Promise<void>;
}

export interface SessionOptions {
  /** Connect to the vault's relays while the command runs, when it opens the file itself. */
  readonly withRelays?: boolean;
}

/** Throws `LK-VAULT-MISSING` and what else opening a vault file throws, or `LK-CLI-HOST` for a host that does not fit. */
export async function openSession(context: CommandContext, options: SessionOptions = {}): Promise<Session> {
  const { globals, env, system, signal } = context;
  const path = deriveControlPath(globals.vault, env);
  const deadline = performance.now() + (system === null ? 0 : ARRIVAL_MS);
  for (;;) {
    const control = await connectControl(path);
    if (control !== null) return openHostSession(context, control);
    try {
      return await openOwnSession(context, options);
    } catch (error) {
      if (!isVaultError(error, "LK-VAULT-IN-USE") || performance.now() >= deadline) throw error;
    }
    await wait(LOOK_MS, null, { signal }).catch(() => signal.throwIfAborted());
  }
}

function openHostSession(context: CommandContext, control: ControlClient): Session {
  return {
    hasHost: true,
    async call(name, params, conversation = {}) {
      const channel = toChannel(context, conversation);
      return (await control.call(name, params, {
        signal: context.signal,
        onTell: (event) => channel.tell(event as JsonObject),
        onAsk: (kind, purpose) => channel.ask({ kind, purpose } as Question),
      })) as JsonObject;
    },
    close: async () => control.close(),
  };
}

async function openOwnSession(context: CommandContext, options: SessionOptions): Promise<Session> {
  const path = context.globals.vault;
  const host = new VaultHost(path, openVaultFile(path));
  const reportFault = (fault: unknown): void => context.terminal.detail(String(fault));
  const relays = options.withRelays
    ? (await import("@latchkey/device-host/relay-service")).startRelayService(
        host,
        reportFault,
        context.policy.policy.forceRelay,
      )
    : null;
  const { system, policy } = context;
  watchPolicy(host, policy, reportFault);
  const services: MachineServices = {
    host,
    isServed: false,
    relays,
    system,
    policy,
    verify: verifyBySystem(system),
    reportFault,
  };
  return {
    hasHost: false,
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
    hasPassphrase: context.globals.passphraseFd !== null,
  };
}

function answer(context: CommandContext, question: Question): Promise<string> {
  switch (question.kind) {
    case "passphrase":
      return context.readPassphrase(`passphrase to ${question.purpose}:`);
    case "password":
      return context.readPassphrase(`password ${question.purpose}:`);
    case "code":
    case "request":
      return context.prompter.askLine(`${question.purpose}:`);
  }
}
