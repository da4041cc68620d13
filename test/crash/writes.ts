/**
 * A fixed row of writes on a vault, by number, and what a vault shows after them. In groups of ten: a passkey is made, tagged, noted,
 * deleted, and in every second group restored. A write that is there already changes nothing, so it may be done again after a crash.
 */
import { deletePasskey, editPasskey, restorePasskey } from "@latchkey/core/device/passkey-acts";
import { openPage } from "../demo/web-page.ts";
import type { LiveDevice } from "../scenario/live-device.ts";

const GROUP = 10;
const RP_ID = "crash.example";

type Step = "create" | "tag" | "note" | "delete" | "restore";

function stepOf(number: number): { readonly step: Step; readonly user: string } {
  const at = (number - 1) % GROUP;
  const group = (number - 1 - at) / GROUP;
  const last = group % 2 === 0 ? "restore" : "tag";
  const step = at === 0 ? "create" : at === 7 ? "note" : at === 8 ? "delete" : at === 9 ? last : "tag";
  return { step, user: `user ${group}` };
}

/** Does write `number`; saved when it resolves. */
export async function doWrite(device: LiveDevice, number: number): Promise<void> {
  const { step, user } = stepOf(number);
  const passkey = device.document.list().find(({ userName }) => userName === user);
  if (step === "create") {
    if (passkey === undefined) await makePasskey(device, user);
    return;
  }
  if (passkey === undefined) throw new Error(`write ${number} misses ${user}`);
  const { id } = passkey;
  if (step === "tag") await editPasskey(device.device, id, `tag/write ${number}`, true);
  else if (step === "note") await editPasskey(device.device, id, "note", `write ${number}`);
  else if (step === "delete") await deletePasskey(device.device, id);
  else await restorePasskey(device.device, id);
}

async function makePasskey({ transact }: LiveDevice, user: string): Promise<void> {
  await openPage(`https://${RP_ID}`, transact).create({
    rp: { id: RP_ID, name: "Crash" },
    user: { id: Buffer.from(user).toString("base64url"), name: user, displayName: user },
    challenge: "AAAA",
    pubKeyCredParams: [{ type: "public-key", alg: -7 }],
    authenticatorSelection: { residentKey: "required" },
  });
}

interface Shown {
  readonly state: string;
  readonly note: string | null;
  readonly tags: readonly string[];
}

/** What a vault shows after the first `count` writes, by user. */
export function shownAfter(count: number): Record<string, Shown> {
  const shown: Record<string, Shown> = {};
  for (let number = 1; number <= count; number++) {
    const { step, user } = stepOf(number);
    const before = shown[user] ?? { state: "live", note: null, tags: [] };
    shown[user] = {
      state: step === "delete" ? "deleted" : step === "restore" ? "live" : before.state,
      note: step === "note" ? `write ${number}` : before.note,
      tags: step === "tag" ? [...before.tags, `write ${number}`].sort() : before.tags,
    };
  }
  return shown;
}

/** What this vault shows. */
export function readShown({ document }: LiveDevice): Record<string, Shown> {
  return Object.fromEntries(
    document.list().map(({ userName, state, note, tags }) => [userName ?? "", { state, note, tags }]),
  );
}
