/** The machines whose screens are looked at: one without a vault, one with a full one, one that has a mailbox to meet other devices at. */
import { join } from "node:path";
import { joinDevice } from "@latchkey/desktop/host/join-device";
import { makeFolder, makeProtector } from "@latchkey/desktop/test/hosts";
import { putRelay } from "@latchkey/core/device/relay-settings";
import { parseRelayAddress } from "@latchkey/core/relay-protocol";
import { startRelay } from "@latchkey/sync-relay/hosts/node";
import { DEFAULT_LIMITS } from "@latchkey/sync-relay/limits";
import { furnish } from "./furnished-vault.ts";
import { type ServedApp, startApp } from "./served-app.ts";

export interface Worlds {
  readonly empty: ServedApp;
  readonly full: ServedApp;
  readonly met: ServedApp;
  /** The mailbox's address. */
  readonly origin: string;
  /** A new device that shows its code and waits; the text of that code. */
  showRequest(): Promise<string>;
  close(): Promise<void>;
}

export async function startWorlds(): Promise<Worlds> {
  const folder = makeFolder();
  const relay = await startRelay({
    admission: { mode: "open" },
    // All looks together do in two minutes what a household does in months.
    limits: {
      ...DEFAULT_LIMITS,
      upgradeBurst: 10_000,
      mailboxesPerIpGroupPerHour: 10_000,
      roomsCreatedPerIpGroupPerDay: 10_000,
    },
    file: join(folder.path, "relay.sqlite"),
    log: () => {},
  });
  const { origin } = relay;
  const stop = new AbortController();
  const empty = await startApp(null);
  const full = await startApp(furnish);
  const met = await startApp(async (desk, place) => {
    await furnish(desk, place);
    await desk.device.act(() => [putRelay(parseRelayAddress(origin))]);
  });
  let count = 0;
  return {
    empty,
    full,
    met,
    origin,
    showRequest: () =>
      new Promise((resolve) => {
        void joinDevice({
          path: join(folder.path, `desk-${++count}.latchkey`),
          door: { kind: "request", relay: origin },
          name: "Kitchen PC",
          platform: "Windows",
          protector: makeProtector(),
          tell: (event) => event["event"] === "request" && resolve(event["text"] as string),
          signal: stop.signal,
        }).catch(() => {});
      }),
    async close() {
      stop.abort(new Error("over"));
      for (const world of [empty, full, met]) await world.close();
      await relay.close();
      folder.remove();
    },
  };
}
