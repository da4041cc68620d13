/** A TCP proxy on loopback that counts what goes through it: real bytes, the upgrade and every frame included. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Bytes of one connection, from its side that dialled and to it. */
export interface Traffic {
  up: number;
  down: number;
}

export const bothWays = ({ up, down }: Traffic): number => up + down;

export interface CountingProxy {
  readonly port: number;
  /** Of every connection so far, in the order in which they were made. They go on counting. */
  readonly connections: readonly Readonly<Traffic>[];
  close(): Promise<void>;
}

/** Listens on a free port and dials the one that `target` gives. */
export async function startCountingProxy(target: () => number): Promise<CountingProxy> {
  const connections: Traffic[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(target(), "127.0.0.1");
    const traffic = { up: 0, down: 0 };
    connections.push(traffic);
    join(near, far);
    join(far, near);
    near.on("data", (bytes: Buffer) => void (traffic.up += bytes.length));
    far.on("data", (bytes: Buffer) => void (traffic.down += bytes.length));
  });

  function join(socket: Socket, other: Socket): void {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("close", () => {
      sockets.delete(socket);
      other.destroy();
    });
    // Followed by `close`.
    socket.on("error", () => {});
    socket.pipe(other);
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    connections,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
