/** The relay on Node, the default: what `latchkey relay serve` runs, and what tests and the demo start in their process. */
import { upgradeWebSocket } from "@hono/node-server";
import { getConnInfo } from "@hono/node-server/conninfo";
import { listen, toConn } from "./node-server.ts";
import { runProcess } from "./run-process.ts";
import { type Host, type RelayOptions, type RunningRelay, serveRelay } from "./serve-relay.ts";

const node: Host = {
  listen,
  toConn,
  upgrade: upgradeWebSocket,
  addressOf: (context) => getConnInfo(context).remote.address,
};

export type NodeRelayOptions = RelayOptions;
export type NodeRelay = RunningRelay;

/** Starts a relay. Throws `LK-RELAY-CONFIG` for a bad origin, file, database or address. */
export const startRelay = (options: NodeRelayOptions): Promise<NodeRelay> => serveRelay(node, options);

if (import.meta.main) await runProcess(startRelay);
