/** A bare `ws` server that sends back what it gets: no framing, no store, no check. The floor of everything that goes through a relay. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import { tellParent } from "./child.ts";

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });
server.on("connection", (socket) => {
  socket.on("message", (data, isBinary) => socket.send(data as Buffer, { binary: isBinary }));
});
await once(server, "listening");
process.once("disconnect", () => {
  for (const socket of server.clients) socket.terminate();
  server.close();
});
tellParent({ port: (server.address() as AddressInfo).port });
