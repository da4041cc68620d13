/** Pairs two devices by the whole ceremony, over the vault's relays, as two people with two screens would. */
import { inviteDevice } from "@latchkey/device-host/invite-device";
import { joinDevice } from "@latchkey/desktop/host/join-device";
import { makeProtector, withPassphrase } from "@latchkey/desktop/test/hosts";
import { LiveDevice } from "./live-device.ts";

/** `sponsor` invites, a new device joins with a vault file at `path`, and the code is typed over. */
export async function pairByInvitation(sponsor: LiveDevice, path: string, name: string): Promise<LiveDevice> {
  const code = Promise.withResolvers<string>();
  const invitation = Promise.withResolvers<string>();
  const { signal } = new AbortController();
  const inviting = inviteDevice(
    sponsor.host,
    withPassphrase(),
    {
      tell: (event) => event["event"] === "invitation" && invitation.resolve(event["text"] as string),
      ask: () => code.promise,
      signal,
    },
    { kind: "code", app: "https://app.example" },
  );
  await Promise.all([
    inviting,
    joinDevice({
      path,
      door: { kind: "invitation", text: await invitation.promise },
      name,
      platform: "test",
      protector: makeProtector(),
      tell: (event) => event["event"] === "code" && code.resolve(event["code"] as string),
      signal,
    }),
  ]);
  return LiveDevice.open(path, name);
}
