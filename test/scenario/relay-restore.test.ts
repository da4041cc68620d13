/**
 * The restore drill of a relay (docs/operating.md): a backup taken while devices write, the relay's file lost, the backup put back. The
 * devices notice, and give back what it lacks; what was acknowledged is on every device and at the relay again.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { editPasskey } from "@latchkey/core/device/passkey-acts";
import { makeFolder, until } from "@latchkey/desktop/test/hosts";
import { type NodeRelay, startRelay } from "@latchkey/sync-relay/hosts/node";
import { addInvite, backUpRelayFile, restoreRelayFile } from "@latchkey/sync-relay/hosts/relay-file";
import { inspectRelayFile } from "@latchkey/sync-relay/store/inspect";
import { encodeBase64url } from "@latchkey/core/bytes/text";
import { expect, test } from "vitest";
import { pairByInvitation } from "./ceremony.ts";
import { LiveDevice, viewOf } from "./live-device.ts";
import { register, signIn } from "./site.ts";

test("promise 3: a relay restored from yesterday's backup is noticed, and healed by its devices", async () => {
  const folder = makeFolder();
  const file = join(folder.path, "relay", "relay.sqlite");
  const backup = join(folder.path, "yesterday.sqlite");
  const serve = (port = 0): Promise<NodeRelay> =>
    startRelay({
      file,
      port,
      log: () => {},
      admission: { mode: "invite" },
      limits: { drainJitterSeconds: 0, diskFloorBytes: 0 },
    });
  let relay = await serve();
  const devices: LiveDevice[] = [];
  try {
    const token = addInvite(file, { rooms: 4, untilDay: null });
    const desk = await LiveDevice.found(join(folder.path, "desk"), "Desk", [
      `${relay.origin}/#${encodeBase64url(token)}`,
    ]);
    devices.push(desk);
    desk.connect();
    const account = await register(desk.transact, "bank.example", "ana");
    const laptop = await desk.pair(join(folder.path, "laptop"), "Laptop");
    devices.push(laptop);
    laptop.connect();
    await Promise.all(devices.map((device) => device.settled()));

    // Under load: the copy is taken between two acts of the same device.
    const writing = register(desk.transact, "clinic.example", "ana");
    backUpRelayFile(file, backup);
    await writing;
    await register(laptop.transact, "union.example", "ana");
    const [passkey] = laptop.document.list();
    await editPasskey(laptop.device, passkey!.id, "title", "after the backup");
    await until(() => desk.device.state.accepted.size === laptop.device.state.accepted.size);
    await Promise.all(devices.map((device) => device.settled()));
    const acknowledged = desk.device.state.accepted.size;
    const instanceBefore = inspectRelayFile(file).instanceId;

    const { port } = new URL(relay.address);
    await relay.close();
    rmSync(file);
    restoreRelayFile(backup, file);
    expect(inspectRelayFile(file).rooms[0]!.description.entries).toBeLessThan(acknowledged);
    relay = await serve(Number(port));
    await until(() => devices.every(({ statuses }) => statuses.some(({ healed }) => healed > 0)));
    await Promise.all(devices.map((device) => device.settled()));

    const { instanceId, rooms } = inspectRelayFile(file);
    expect(instanceId).not.toEqual(instanceBefore);
    expect(rooms.map(({ description }) => description.entries)).toEqual([acknowledged]);
    expect(rooms[0]!.description.snapshot).not.toBeNull();
    expect(await viewOf(desk)).toEqual(await viewOf(laptop));

    // The next device gets everything from the restored relay alone.
    const phone = await pairByInvitation(desk, join(folder.path, "phone"), "Phone");
    devices.push(phone);
    phone.connect();
    await until(() => phone.document.list().length === 3);
    await signIn(phone.transact, account);
  } finally {
    for (const device of devices) await device.close();
    await relay.close();
    folder.remove();
  }
});
