/**
 * The host's end of the control socket: `latchkey up` serves it, so that the other commands use the vault that it has open. Only the owner
 * can reach it (`place.ts`). A client that does something wrong ends its own connection and nothing else.
 */
import { randomBytes } from "node:crypto";
import { chmodSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { VaultError } from "@latchkey/core/errors";
import type { JsonObject, JsonValue } from "../terminal/json.ts";
import { type AnswerTo, CONTROL_VERSION, type PromptKind } from "./message.ts";
import { prepareFolder } from "./place.ts";
import { makePipeName, writePipeName } from "./pipe-name.ts";
import { serveConnection } from "./serve-connection.ts";

/** What a call can do beside returning its result. */
export interface ControlChannel {
  /** Aborted when the command goes away, and when the host stops serving. */
  readonly signal: AbortSignal;
  tell(event: JsonValue): void;
  /** Asks the person at the command; one question at a time. Throws what the command throws, such as `LK-CLI-NO-INPUT`. */
  ask<K extends PromptKind>(kind: K, question: string): Promise<AnswerTo<K>>;
}

export interface ControlServerDeps {
  /** `deriveControlPath`. */
  readonly path: string;
  /** Does one call. What it throws is the call's error: a `VaultError` as it is, anything else as `LK-UI-BUG` without its text. */
  handle(method: string, params: JsonObject, channel: ControlChannel): Promise<JsonValue>;
  /** Is told of what is a bug, not a client's fault. */
  onFault(error: unknown): void;
}

export interface ControlServer {
  /** Ends all connections, their calls aborted, and takes the socket away. */
  close(): Promise<void>;
}

/** More than a person's windows; a limit on what a runaway script can open. */
const MAX_CLIENTS = 64;

/** Throws `LK-VAULT-IN-USE` when another host serves there, `LK-CLI-HOST` when the place is not the owner's alone. */
export async function serveControl(deps: ControlServerDeps): Promise<ControlServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    serveConnection(socket, deps, CONTROL_VERSION);
  });
  server.maxConnections = MAX_CLIENTS;
  prepareFolder(deps.path);
  if (process.platform === "win32") {
    const name = makePipeName((length) => randomBytes(length));
    await listen(server, name);
    writePipeName(deps.path, name);
  } else {
    await takeSocketPath(server, deps.path);
    chmodSync(deps.path, 0o600);
  }
  return {
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
      rmSync(deps.path, { force: true });
    },
  };
}

/** A host that was killed leaves its socket behind: nobody answers there, and its place is taken. */
async function takeSocketPath(server: Server, path: string): Promise<void> {
  try {
    await listen(server, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    if (await isAnswered(path)) throw new VaultError("LK-VAULT-IN-USE", `another host serves ${path}`);
    rmSync(path, { force: true });
    await listen(server, path);
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.on("connect", () => {
      probe.destroy();
      resolve(true);
    });
    probe.on("error", () => resolve(false));
  });
}
