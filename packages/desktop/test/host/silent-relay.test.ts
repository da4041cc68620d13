/** A relay that takes the connection and then says nothing is told apart from one that is slow to save. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { WebSocketServer } from "ws";
import { createRelayClient, type RelayStatus } from "@latchkey/device-host/relay-client/relay-client";
import { foundHost, makeFolder, until, withPassphrase } from "./hosts.ts";

test("a relay that never welcomes is given up, said so, and tried again", async () => {
  const folder = makeFolder();
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  let dialled = 0;
  server.on("connection", () => dialled++);
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const host = await foundHost(join(folder.path, "desk.latchkey"), "Desk", [origin]);
  await host.unlock(withPassphrase());
  const seen: RelayStatus[] = [];
  const client = createRelayClient(
    await host.device(),
    { origin, token: null },
    (status) => seen.push(status),
    100,
  );
  try {
    await until(() => dialled > 1);
    expect(seen).toContainEqual(
      expect.objectContaining({ state: "offline", problem: "LK-RELAY-HANDSHAKE-TIMEOUT" }),
    );
    expect(seen.every(({ state }) => state === "connecting" || state === "offline")).toBe(true);
  } finally {
    client.stop();
    await host.close();
    server.close();
    folder.remove();
  }
});
