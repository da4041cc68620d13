/**
 * A whole life of a vault in one process, for `offline.test.ts`: founded, used, edited, locked and opened again at argv[2], with the relays in
 * the arguments after it configured and dialled all the while. With `control` as the first relay it breaks the rule on purpose.
 */
import { connect } from "node:net";
import { lookup } from "node:dns/promises";
import { deletePasskey, editPasskey, restorePasskey } from "@latchkey/core/device/passkey-acts";
import { LiveDevice } from "./live-device.ts";
import { register, signIn } from "./site.ts";

const [path = "", ...relays] = process.argv.slice(2);

if (relays[0] === "control") {
  connect(9, "127.0.0.9").on("error", () => {});
  await lookup("localhost").catch(() => {});
  await fetch("http://127.0.0.9:9/").catch(() => {});
} else {
  const device = await LiveDevice.found(path, "Desk", relays);
  device.connect();
  const account = await register(device.transact, "one.example", "ana");
  const other = await register(device.transact, "two.example", "bob");
  await signIn(device.transact, account);
  const [passkey] = device.document.list();
  await editPasskey(device.device, passkey!.id, "title", "edited");
  await editPasskey(device.device, passkey!.id, "tag/work", true);
  await deletePasskey(device.device, passkey!.id);
  await restorePasskey(device.device, passkey!.id);
  await device.lock();
  await device.unlock();
  await signIn(device.transact, account);
  await device.restart();
  await signIn(device.transact, other);
  await device.device.writeBeacon();
  process.send?.({ shown: device.document.list().map(({ title, state, tags }) => ({ title, state, tags })) });
  await device.close();
}
