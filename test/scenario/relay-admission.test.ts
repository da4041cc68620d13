/** Devices at relays that do not take everybody: each mode from the side of who wants to keep a vault there (docs/relay.md § 12). */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeBase64url } from "@latchkey/core/bytes/text";
import { putRelay } from "@latchkey/core/device/relay-settings";
import { parseRelayAddress } from "@latchkey/core/relay-protocol";
import { systemRandom } from "@latchkey/desktop/host/vault-host";
import { makeFolder, until } from "@latchkey/desktop/test/hosts";
import type { AdmissionSetting } from "@latchkey/sync-relay/config";
import { type NodeRelay, startRelay } from "@latchkey/sync-relay/hosts/node";
import { addInvite } from "@latchkey/sync-relay/hosts/relay-file";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LiveDevice } from "./live-device.ts";
import { register } from "./site.ts";

let folder: ReturnType<typeof makeFolder>;
let relay: NodeRelay | null;
let desk: LiveDevice | null;
beforeEach(() => {
  folder = makeFolder();
  [relay, desk] = [null, null];
});
afterEach(async () => {
  await desk?.close();
  await relay?.close();
  folder.remove();
});

const fileOf = (name: string): string => join(folder.path, name, "relay.sqlite");

const serve = (admission: AdmissionSetting, name = "relay", port = 0): Promise<NodeRelay> =>
  startRelay({
    file: fileOf(name),
    port,
    log: () => {},
    admission,
    limits: { powBits: 12, drainJitterSeconds: 0, diskFloorBytes: 0 },
  });

const isAt = (state: string) => (): boolean => desk!.statuses.some((status) => status.state === state);

test("a device does the work that a relay asks for, and is kept", async () => {
  relay = await serve({ mode: "pow" });
  desk = await LiveDevice.found(join(folder.path, "desk"), "Desk", [relay.origin]);
  desk.connect();
  await until(isAt("settled"));
});

test("a device with a token of the operator's list is kept", async () => {
  const list = join(folder.path, "tokens");
  const token = encodeBase64url(systemRandom(16));
  writeFileSync(list, `${token} Ana\n`);
  relay = await serve({ mode: "allowlist", file: list });
  desk = await LiveDevice.found(join(folder.path, "desk"), "Desk", [`${relay.origin}/#${token}`]);
  desk.connect();
  await until(isAt("settled"));
});

test("a device without an invitation is told so, and goes on by itself when it is given one", async () => {
  relay = await serve({ mode: "invite" });
  desk = await LiveDevice.found(join(folder.path, "desk"), "Desk", [relay.origin]);
  desk.connect();
  await until(() => desk!.statuses.some(({ problem }) => problem === "LK-RELAY-ADMISSION"));
  await register(desk.transact, "bank.example", "ana");
  const token = addInvite(fileOf("relay"), { rooms: 1, untilDay: null });
  await desk.device.act(() => [putRelay({ origin: relay!.origin, token })]);
  await until(isAt("settled"));
  expect(desk.device.relays()).toEqual([{ origin: relay.origin, token }]);
});

test("a relay that lost everything, invitations too, is filled again after one new invitation", async () => {
  relay = await serve({ mode: "invite" });
  const first = addInvite(fileOf("relay"), { rooms: 1, untilDay: null });
  const address = `${relay.origin}/#${encodeBase64url(first)}`;
  desk = await LiveDevice.found(join(folder.path, "desk"), "Desk", [address]);
  desk.connect();
  await until(isAt("settled"));
  const { origin } = parseRelayAddress(address);
  await relay.close();
  relay = await serve({ mode: "invite" }, "empty", Number(new URL(origin).port));
  await until(() => desk!.statuses.some(({ problem }) => problem === "LK-RELAY-ADMISSION"));
  const token = addInvite(fileOf("empty"), { rooms: 1, untilDay: null });
  await desk.device.act(() => [putRelay({ origin, token })]);
  await until(() => desk!.statuses.some(({ state, healed }) => state === "settled" && healed > 0));
});
