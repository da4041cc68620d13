/**
 * A device in a process of its own, as `latchkey up` runs it: vault file, connections to its relays. Argument: the vault. Messages:
 *
 *   { keys, passkey }    opens it; answers { settled } when some relay holds everything
 *   { title }            gives the passkey a title; answers { at } with the moment before
 *
 * When the passkey gets a title elsewhere, it tells { title, at }.
 */
import { editPasskey } from "@latchkey/core/device/passkey-acts";
import type { PasskeyId } from "@latchkey/core/vault/schema";
import { startRelayService } from "@latchkey/device-host/relay-service";
import { VaultHost } from "@latchkey/desktop/host/vault-host";
import { openVaultFile } from "@latchkey/desktop/vault-file/vault-file";
import { type Message, monotonicMs, serveParent, tellParent } from "./child.ts";
import { createReleasedProtector, splitKeys } from "./released-keys.ts";

const SETTLE_MS = 60_000;

const path = process.argv[2] ?? "";
const host = new VaultHost(path, openVaultFile(path));
let passkey: PasskeyId;
/** Its title as this process last saw or set it. */
let title: string | null = null;

serveParent(async (message) => {
  if (message["keys"] !== undefined) return open(message);
  title = String(message["title"]);
  const at = monotonicMs();
  await editPasskey(await host.device(), passkey, "title", title);
  return { at };
});

async function open({ keys, passkey: id }: Message): Promise<Message> {
  passkey = id as PasskeyId;
  const protector = createReleasedProtector(splitKeys(Uint8Array.from(keys as readonly number[])));
  await host.unlock(async () => protector);
  const relays = startRelayService(host, (fault) => {
    throw fault;
  });
  if (!(await relays.whenSettled(AbortSignal.timeout(SETTLE_MS)))) throw new Error("no relay in time");
  const device = await host.device();
  const titleNow = () => device.state.document.get(passkey)?.title ?? null;
  title = titleNow();
  device.subscribe(() => {
    const now = titleNow();
    if (now === title) return;
    title = now;
    tellParent({ title, at: monotonicMs() });
  });
  process.once("disconnect", () => {
    relays.stop();
    void host.close();
  });
  return { settled: 1 };
}
