/** A command's end of the control socket: finds the host that has the vault open, and lets it do the work. */
import { lstatSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { VaultError } from "@latchkey/core/errors";
import type { JsonObject, JsonValue } from "../terminal/json.ts";
import { type Connection, createConnection } from "./connection.ts";
import {
  type CommandMessage,
  CONTROL_VERSION,
  describeForPeer,
  type HostMessage,
  type PromptKind,
  readHostMessage,
} from "./message.ts";
import { checkFolder } from "./place.ts";
import { readPipeName } from "./pipe-name.ts";

export interface CallOptions {
  readonly onTell?: (event: JsonValue) => void;
  /**
   * Answers a question: `true` or `false` to `confirm`, else text. A `VaultError` that it throws is an answer, too. `signal` is aborted
   * when the host waits no longer.
   */
  readonly onAsk?: (kind: PromptKind, question: string, signal: AbortSignal) => Promise<string | boolean>;
  /** Aborting it ends the connection, and with it the call in the host; `call` throws its reason. */
  readonly signal?: AbortSignal;
}

export interface ControlClient {
  /** Does one call, one at a time. Throws the host's `VaultError`, or `LK-CLI-HOST` when the host goes away. */
  call(method: string, params: JsonObject, options?: CallOptions): Promise<JsonValue>;
  close(): void;
}

/** What a message means to who waits: the end, with a value or an error; nothing yet; or that it does not belong here. */
type Step<T> = { readonly value: T } | { readonly error: unknown } | "more" | "out of turn";

interface Receiver {
  readonly onMessage: (message: HostMessage) => void;
  readonly onEnd: (error: unknown) => void;
}

/**
 * The host that serves at `path` (`deriveControlPath`), or `null` when none does. Throws `LK-CLI-HOST` when it is another version, or when
 * somebody else could have put the socket there.
 */
export async function connectControl(
  path: string,
  version: number = CONTROL_VERSION,
): Promise<ControlClient | null> {
  const address = findAddress(path);
  const socket = address === null ? null : await openSocket(address);
  if (socket === null) return null;

  let receiver: Receiver | null = null;
  let ended: unknown;
  const refuse = (message: HostMessage): never => {
    throw new VaultError("LK-CLI-HOST", `control message ${message.type} came out of turn`);
  };
  const connection = createConnection(socket, {
    onValue: (value) => {
      const message = readHostMessage(value);
      if (receiver === null) refuse(message);
      else receiver.onMessage(message);
    },
    onEnd: (error) => {
      ended = error ?? new VaultError("LK-CLI-HOST", "the host went away");
      receiver?.onEnd(ended);
    },
  });

  /** Sends a message and reads what comes, until `read` has an end or the connection has. */
  async function exchange<T>(message: CommandMessage, read: (message: HostMessage) => Step<T>): Promise<T> {
    if (receiver !== null) throw new TypeError("a call is under way already");
    if (ended !== undefined) throw ended;
    try {
      return await new Promise<T>((resolve, reject) => {
        const onMessage = (received: HostMessage): void => {
          const step = read(received);
          if (step === "out of turn") return refuse(received);
          if (step === "more") return;
          if ("error" in step) reject(step.error);
          else resolve(step.value);
        };
        receiver = { onMessage, onEnd: reject };
        connection.send(message);
      });
    } finally {
      receiver = null;
    }
  }

  const hostVersion = await exchange<number>({ type: "hello", version }, (message) =>
    message.type === "hello" ? { value: message.version } : "out of turn",
  );
  if (hostVersion !== version) {
    connection.close();
    throw new VaultError(
      "LK-CLI-HOST",
      `the host speaks control version ${hostVersion}, this command ${version}`,
    );
  }

  async function call(method: string, params: JsonObject, options: CallOptions = {}): Promise<JsonValue> {
    const { signal, onTell, onAsk = refuseToAnswer } = options;
    signal?.throwIfAborted();
    const over = new AbortController();
    const abort = (): void => connection.fail(signal?.reason);
    signal?.addEventListener("abort", abort);
    try {
      return await exchange<JsonValue>({ type: "call", method, params }, (message) => {
        if (message.type === "result") return { value: message.value };
        if (message.type === "error") return { error: new VaultError(message.code, message.message) };
        if (message.type === "hello") return "out of turn";
        if (message.type === "tell") onTell?.(message.event);
        else void answer(connection, () => onAsk(message.kind, message.question, over.signal), over.signal);
        return "more";
      });
    } finally {
      signal?.removeEventListener("abort", abort);
      over.abort(new VaultError("LK-CLI-CANCELLED", "the host waits for no answer any more"));
    }
  }

  return { call, close: () => connection.close() };
}

async function answer(
  connection: Connection,
  ask: () => Promise<string | boolean>,
  over: AbortSignal,
): Promise<void> {
  const reply = await ask().then(
    (given): CommandMessage => ({ type: "answer", answer: given }),
    (error: unknown): CommandMessage | null => {
      if (error instanceof VaultError) return { type: "refuse", ...describeForPeer(error) };
      connection.fail(error);
      return null;
    },
  );
  if (reply === null || over.aborted) return;
  try {
    connection.send(reply);
  } catch (error) {
    connection.fail(error);
  }
}

async function refuseToAnswer(_kind: PromptKind, question: string): Promise<never> {
  throw new VaultError("LK-CLI-NO-INPUT", `nobody can be asked: ${question}`);
}

/** What to connect to, after checking that it is the owner's; `null` when there is nothing. */
function findAddress(path: string): string | null {
  if (process.platform === "win32") return readPipeName(path);
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return null;
  checkFolder(path);
  if (stat.isSocket() && stat.uid === process.getuid?.()) return path;
  throw new VaultError("LK-CLI-HOST", `${path} is not a socket of ours`);
}

/** `null` when nobody listens, as behind the socket of a host that was killed. */
function openSocket(address: string): Promise<Socket | null> {
  return new Promise((resolve, reject) => {
    const socket = connect(address);
    const refuse = (error: NodeJS.ErrnoException): void => {
      if (error.code === "ECONNREFUSED" || error.code === "ENOENT") resolve(null);
      else reject(new VaultError("LK-CLI-HOST", `host cannot be reached: ${error.code}`, { cause: error }));
    };
    socket.once("error", refuse);
    socket.once("connect", () => {
      socket.off("error", refuse);
      resolve(socket);
    });
  });
}
