/** The host's side of one control connection: greeting, then calls one after another (`message.ts` has the order of messages). */
import type { Socket } from "node:net";
import { VaultError } from "@latchkey/core/errors";
import type { JsonObject } from "../terminal/json.ts";
import { createConnection } from "./connection.ts";
import {
  type AnswerTo,
  type CommandMessage,
  describeForPeer,
  type HostMessage,
  type PromptKind,
  readCommandMessage,
} from "./message.ts";
import type { ControlChannel, ControlServerDeps } from "./serve-control.ts";

/** Milliseconds in which a client must greet; after that it may be silent as long as it likes. */
const GREETING_TIMEOUT = 10_000;

interface Question {
  readonly kind: PromptKind;
  readonly resolve: (answer: string | boolean) => void;
  readonly reject: (error: unknown) => void;
}

/** Serves until the client ends or does something wrong. Never throws. */
export function serveConnection(
  socket: Socket,
  deps: Omit<ControlServerDeps, "path">,
  version: number,
): void {
  let state: "greeting" | "idle" | "calling" = "greeting";
  let question: Question | null = null;
  const gone = new AbortController();

  const connection = createConnection(socket, {
    onValue: (value) => receive(readCommandMessage(value)),
    onEnd: () => {
      const error = new VaultError("LK-CLI-CANCELLED", "the command went away");
      gone.abort(error);
      question?.reject(error);
    },
  });
  const send = (message: HostMessage): void => connection.send(message);
  socket.setTimeout(GREETING_TIMEOUT, () => {
    connection.fail(new VaultError("LK-CLI-HOST", "client did not greet in time"));
  });

  const channel: ControlChannel = {
    signal: gone.signal,
    tell: (event) => send({ type: "tell", event }),
    async ask<K extends PromptKind>(kind: K, text: string) {
      gone.signal.throwIfAborted();
      if (question !== null) throw new TypeError("a question is open already");
      try {
        const answer = new Promise<string | boolean>((resolve, reject) => {
          question = { kind, resolve, reject };
        });
        send({ type: "ask", kind, question: text });
        return (await answer) as AnswerTo<K>;
      } finally {
        question = null;
      }
    },
  };

  function receive(message: CommandMessage): void {
    if (message.type === "hello" && state === "greeting") {
      socket.setTimeout(0);
      state = "idle";
      send({ type: "hello", version });
      // The client sees both versions and can say what to do.
      if (message.version !== version) connection.close();
    } else if (message.type === "call" && state === "idle") {
      state = "calling";
      void call(message.method, message.params);
    } else if (message.type === "answer" && question !== null) {
      if ((typeof message.answer === "boolean") !== (question.kind === "confirm")) {
        throw new VaultError("LK-CLI-HOST", `answer is not one to ${question.kind}`);
      }
      question.resolve(message.answer);
    } else if (message.type === "refuse" && question !== null) {
      question.reject(new VaultError(message.code, message.message));
    } else {
      throw new VaultError("LK-CLI-HOST", `control message ${message.type} came out of turn`);
    }
  }

  async function call(method: string, params: JsonObject): Promise<void> {
    let reply: HostMessage;
    try {
      reply = { type: "result", value: await deps.handle(method, params, channel) };
    } catch (error) {
      if (!(error instanceof VaultError)) deps.onFault(error);
      reply = { type: "error", ...describeForPeer(error) };
    }
    state = "idle";
    try {
      send(reply);
    } catch (error) {
      send({ type: "error", ...describeForPeer(error) });
    }
  }
}
