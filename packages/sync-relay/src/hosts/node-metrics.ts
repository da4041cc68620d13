/** The listener for Prometheus, on an address of its own (relay.md § 14). Nothing else is served there, and no one else should reach it. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { VaultError } from "@latchkey/core/errors";
import type { Listener } from "../config.ts";

export interface MetricsServer {
  /** `http://host:port/metrics`. */
  readonly address: string;
  close(): Promise<void>;
}

/** Throws `LK-RELAY-CONFIG` when the address cannot be had. */
export async function serveMetrics({ host, port }: Listener, render: () => string): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    if (request.method !== "GET" || request.url !== "/metrics") return void response.writeHead(404).end();
    response.writeHead(200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" }).end(render());
  });
  server.listen(port, host);
  await once(server, "listening").catch((cause: unknown) => {
    throw new VaultError("LK-RELAY-CONFIG", `cannot listen on ${host} port ${port} for metrics`, { cause });
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    address: `http://${host.includes(":") ? `[${host}]` : host}:${taken}/metrics`,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
