/**
 * A device is lost and put out while another is off: that one comes back and is not shut out, the lost one gets nothing new, and the passkeys
 * that it had are named.
 */
import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { type Account, waitFor } from "./account.ts";
import type { Conversation, Device, Json } from "./device.ts";
import { joinByPicture } from "./join-by-picture.ts";
import type { Registered, SignedIn, visit } from "./website.ts";

const ES256 = -7;

interface Scene {
  readonly desk: Device;
  readonly lost: Device;
  readonly phone: Device;
  readonly site: ReturnType<typeof visit>;
  readonly folder: string;
  readonly startHost: (device: Device) => Promise<Conversation>;
  readonly stop: (host: { readonly child: ChildProcess }) => Promise<void>;
}

export async function loseDevice(
  account: Account,
  { desk, lost, phone, site, folder, startHost, stop }: Scene,
): Promise<{
  readonly phoneHost: Conversation;
  readonly registered: Registered;
  readonly signIns: readonly SignedIn[];
}> {
  const picture = join(folder, "second-invitation.png");
  await joinByPicture(account, { inviting: desk, joining: phone, picture, withMistake: false });
  const before = await startHost(phone);
  await waitFor(account, "Phone's copy", async () => (await phone.run("status"))["passkeys"] === 4);
  await phone.run("passkey", "note", `${site.rpId}/ana@orchard`, "Written on the way");
  await stop(before);
  account.say(`${phone.name} joined, wrote a note and was switched off`);

  const removal = await desk.run("device", "remove", "--lost", lost.name, "--yes");
  const exposed = removal["exposed"] as readonly Json[];
  account.say(`${lost.name} had, and has until they are replaced at the site:`);
  for (const { site: rpId, user } of exposed) account.say(`  ${String(user)} at ${String(rpId)}`);
  account.check(`${exposed.length} exposed passkeys are named`, exposed.length === 4);
  const registered = await site.register(desk, "fiona@orchard", ES256);

  const phoneHost = await startHost(phone);
  await waitFor(account, "Phone to follow", async () => {
    const status = await phone.run("status");
    return status["standing"] === "member" && status["epoch"] === 2 && status["passkeys"] === 5;
  });
  const signIns = [await site.signIn(phone, "fiona@orchard"), await site.signIn(phone, "ana@orchard")];
  account.check(
    `${phone.name} came back, was not shut out, and signed in with a passkey made meanwhile`,
    signIns[0]?.userName === "fiona@orchard" && signIns[1]?.userName === "ana@orchard",
  );
  await waitFor(account, "Phone's note to arrive", async () => (await noteOf(desk, site.rpId)) !== null);
  account.check(
    `what ${phone.name} wrote before it was off is there`,
    (await noteOf(desk, site.rpId)) === "Written on the way",
  );

  await waitFor(account, "Laptop to learn of it", async () => {
    return (await lost.run("status"))["standing"] === "removed";
  });
  const onLost = (await lost.run("passkey", "list"))["passkeys"] as readonly Json[];
  account.check(
    `${lost.name} knows that it was removed, and reads nothing new`,
    onLost.length === 4 && onLost.every(({ user }) => user !== "fiona@orchard"),
  );
  const members = (await desk.run("device", "list"))["devices"] as readonly Json[];
  account.check("two devices are left in the vault", members.length === 2);
  return { phoneHost, registered, signIns };
}

const noteOf = async (device: Device, rpId: string): Promise<string | null> =>
  ((await device.run("passkey", "show", `${rpId}/ana@orchard`))["note"] ?? null) as string | null;
