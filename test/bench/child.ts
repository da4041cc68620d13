/** Child processes of the bench: started with one message channel, spoken to in order, and gone when the bench is. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

export type Message = Readonly<Record<string, string | number | readonly number[] | null>>;

export interface Child {
  send(message: Message): void;
  /** The next message that has not been taken yet. Rejects when the child ends or is silent for too long. */
  receive(): Promise<Message>;
  /** Sends, and takes the answer. */
  ask(message: Message): Promise<Message>;
  /** Lets it end by itself. */
  stop(): Promise<void>;
}

/** No answer of any row takes this long; something hangs then. */
const SILENCE_MS = 120_000;
const STOP_MS = 10_000;

const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

// automerge-repo sets timers to before now, which Node remarks on. Garbage is collected before memory is told: it is not what is measured.
const NODE_OPTIONS = ["--disable-warning=TimeoutNegativeWarning", "--expose-gc"];

/**
 * Starts a program of the bench. It ends when the channel closes. `compiled` is a folder where it keeps compiled code between runs, as
 * `bin/latchkey.js` has one: without it every process strips types and compiles anew.
 */
export function startChild(program: URL, args: readonly string[] = [], compiled?: string): Child {
  const child = fork(program, [...args], {
    execArgv: NODE_OPTIONS,
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    env: compiled === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: compiled },
  });
  const inbox: Message[] = [];
  let waiting: { resolve(message: Message): void; reject(error: Error): void } | null = null;
  running.add(child);
  child.on("message", (message: Message) => {
    if (waiting === null) inbox.push(message);
    else waiting.resolve(message);
    waiting = null;
  });
  child.on("exit", (code) => {
    running.delete(child);
    waiting?.reject(new Error(`${program.pathname} ended with ${code}`));
  });

  const receive = (): Promise<Message> => {
    const first = inbox.shift();
    if (first !== undefined) return Promise.resolve(first);
    const { promise, resolve, reject } = Promise.withResolvers<Message>();
    const timer = setTimeout(() => reject(new Error(`${program.pathname} is silent`)), SILENCE_MS);
    waiting = { resolve, reject };
    return promise.finally(() => clearTimeout(timer));
  };
  const send = (message: Message): void => void child.send(message);
  return {
    send,
    receive,
    ask(message) {
      send(message);
      return receive();
    },
    async stop() {
      if (child.exitCode !== null) return;
      const exited = once(child, "exit");
      if (child.connected) child.disconnect();
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** The child's side: answers each message in turn, says that it is ready, and ends with the channel. */
export function serveParent(answer: (message: Message) => Promise<Message | null> | Message | null): void {
  let queue: Promise<void> = Promise.resolve();
  process.on("message", (message: Message) => {
    queue = queue.then(async () => {
      const reply = await answer(message);
      if (reply !== null) tellParent(reply);
    });
    queue.catch((error: unknown) => {
      console.error(error);
      process.exit(1);
    });
  });
}

export const tellParent = (message: Message): void => void process.send?.(message);

/** A time that two processes of one machine can compare. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;
