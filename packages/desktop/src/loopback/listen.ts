/**
 * An HTTP server on the loopback addresses alone, 127.0.0.1 and ::1, under one port. The preferred port stays the same over the years, for
 * the browser keeps what belongs to an address; when another program has it, any free one is taken.
 */
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface LoopbackServers {
  readonly port: number;
  readonly servers: readonly Server[];
  close(): Promise<void>;
}

/** How often a port is drawn that is free on 127.0.0.1 and turns out to be taken on ::1. */
const TRIES = 8;

/** `port` 0: any. Throws what `listen` throws when no port can be had. */
export async function listenOnLoopback(listener: RequestListener, port: number): Promise<LoopbackServers> {
  for (let tries = 1; ; tries++) {
    try {
      return await listenOnBoth(listener, tries === 1 ? port : 0);
    } catch (error) {
      if (codeOf(error) !== "EADDRINUSE" || tries === TRIES) throw error;
    }
  }
}

async function listenOnBoth(listener: RequestListener, port: number): Promise<LoopbackServers> {
  const first = await listen(listener, "127.0.0.1", port);
  const { port: taken } = first.address() as AddressInfo;
  const servers = [first];
  try {
    servers.push(await listen(listener, "::1", taken));
  } catch (error) {
    // A machine without IPv6 has one loopback address.
    if (codeOf(error) === "EADDRINUSE") {
      await closeAll(servers);
      throw error;
    }
  }
  return { port: taken, servers, close: () => closeAll(servers) };
}

function listen(listener: RequestListener, host: string, port: number): Promise<Server> {
  const server = createServer(listener);
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off("error", reject);
      resolve(server);
    });
  });
}

async function closeAll(servers: readonly Server[]): Promise<void> {
  await Promise.all(
    servers.map((server) => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      return closed;
    }),
  );
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;
