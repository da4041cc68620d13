/** A vault in which every screen has something to show: two devices, a decision to make, a trash with a late edit, tags, a note, a favourite. */
import { deletePasskey, editPasskey } from "@latchkey/core/device/passkey-acts";
import type { PasskeyId } from "@latchkey/core/vault/schema";
import { exchange, type LiveDevice } from "../scenario/live-device.ts";
import { fillWith } from "./served-app.ts";

export async function furnish(desk: LiveDevice, folder: string): Promise<void> {
  await fillWith(
    ["bank.example", "Ana Kovač"],
    ["forum.example", "anak"],
    ["mail.example", "ana@mail.example"],
    ["shop.example", "ana.k"],
    ["wiki.example", "ana"],
  )(desk);
  const idOf = (site: string): PasskeyId => {
    const found = desk.document.list().find(({ record }) => record?.rpId === site);
    if (found === undefined) throw new Error(`no passkey for ${site}`);
    return found.id;
  };
  const laptop = await desk.pair(`${folder}/laptop.latchkey`, "Ana's laptop");
  await exchange(desk, laptop);
  await editPasskey(desk.device, idOf("bank.example"), "title", "The bank");
  await editPasskey(laptop.device, idOf("bank.example"), "title", "Savings bank");
  await editPasskey(desk.device, idOf("mail.example"), "tag/family", true);
  await editPasskey(desk.device, idOf("mail.example"), "favourite", true);
  await editPasskey(desk.device, idOf("mail.example"), "note", "The account that everything else hangs on.");
  await deletePasskey(desk.device, idOf("wiki.example"));
  await editPasskey(laptop.device, idOf("wiki.example"), "title", "Club wiki");
  await exchange(desk, laptop);
  await laptop.close();
}
