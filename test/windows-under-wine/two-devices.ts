/** Two devices of one vault and a real relay: Desk on this system, and a provider that COM has started under Wine. For a test and for the bench. */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { NEVER_CANCELLED } from "@latchkey/core/authenticator/cancellation";
import { concatBytes } from "@latchkey/core/bytes/concat";
import { createCtapSession } from "@latchkey/desktop/host/ctap-session";
import { joinDevice } from "@latchkey/desktop/host/join-device";
import type { VaultHost } from "@latchkey/desktop/host/vault-host";
import { foundHost, makeFolder, makeProtector, withPassphrase } from "@latchkey/desktop/test/hosts";
import type { Channel } from "@latchkey/device-host/channel";
import { inviteDevice } from "@latchkey/device-host/invite-device";
import { startRelayService } from "@latchkey/device-host/relay-service";
import { startRelay } from "@latchkey/sync-relay/hosts/node";
import type { CeremonyKind } from "@latchkey/windows-provider/com/ceremony";
import type { WebAuthnCredential } from "@simplewebauthn/server";
import type { CeremonyResult } from "./com-client.ts";
import { deploy } from "./deployment.ts";
import { PROVIDER_ENTRIES } from "./provider-cases.ts";
import type { Site } from "./site.ts";
import { waitUntil } from "./wait-until.ts";
import { makeWindowsKey } from "./windows-keys.ts";
import type { Wine } from "./wine.ts";

const CALLS = join("fake", "calls.log");
const fail = (fault: unknown): never => {
  throw fault;
};

export interface TwoDevices {
  /** Makes a passkey on Desk. */
  makeAfar(site: Site): Promise<WebAuthnCredential>;
  /** Resolves when Windows has a passkey for this site in its list. */
  whenListed(site: Site): Promise<unknown>;
  /** Resolves when Desk has a passkey for this site. */
  whenAfar(site: Site): Promise<unknown>;
  /** A ceremony over COM, with a person who agrees. */
  send(kind: CeremonyKind, encoded: Uint8Array): Promise<CeremonyResult>;
  close(): Promise<void>;
}

/** Pairs a second device, whose vault is then in the file. */
async function pair(host: VaultHost, path: string): Promise<void> {
  const code = Promise.withResolvers<string>();
  const invitation = Promise.withResolvers<string>();
  const channel: Channel = {
    tell(event) {
      if (event["event"] === "invitation") invitation.resolve(event["text"] as string);
    },
    ask: () => code.promise,
    signal: AbortSignal.timeout(60_000),
  };
  const inviting = inviteDevice(host, withPassphrase(), channel, {
    kind: "code",
    app: "https://app.example",
  });
  const joining = joinDevice({
    path,
    door: { kind: "invitation", text: await invitation.promise },
    name: "Windows",
    platform: "test",
    protector: makeProtector(),
    tell: (event) => event["event"] === "code" && code.resolve(event["code"] as string),
    signal: AbortSignal.timeout(60_000),
  });
  await Promise.all([inviting, joining]);
}

export async function openTwoDevices(wine: Wine): Promise<TwoDevices> {
  const folder = makeFolder();
  const relay = await startRelay({
    admission: { mode: "open" },
    file: join(folder.path, "relay.sqlite"),
    host: "127.0.0.1",
    port: 0,
  });
  const desk = await foundHost(join(folder.path, "desk.latchkey"), "Desk", [relay.origin]);
  await desk.unlock(withPassphrase());
  startRelayService(desk, fail);
  const path = join(folder.path, "windows.latchkey");
  await pair(desk, path);
  const [operationKey, verificationKey] = [makeWindowsKey("P-384"), makeWindowsKey("P-256")];
  const server = await deploy(wine, PROVIDER_ENTRIES, {
    "vault.latchkey": readFileSync(path),
    "relays.json": "[]",
    [join("fake", "op-key")]: operationKey.blob,
    [join("fake", "uv-key")]: verificationKey.blob,
  });
  const client = server.connect();
  await client.create("a");
  await server.waitForLine("server.log", /ready/);
  const device = await desk.device();
  const session = createCtapSession(desk, withPassphrase(), fail);

  return {
    async makeAfar(site) {
      const made = site.create({ userName: "ana" });
      const answer = await session.handle(concatBytes(Uint8Array.of(1), made.encoded), NEVER_CANCELLED);
      return made.judge(answer.subarray(1));
    },
    whenListed({ rpId }) {
      const site = Buffer.from(rpId, "utf16le").toString("hex");
      return server.waitForLine(CALLS, new RegExp(`^AddCredentials .*rpId=${site} `));
    },
    whenAfar: ({ rpId }) =>
      waitUntil("the passkey on the other device", () =>
        device.state.document.list().some(({ record }) => record?.rpId === rpId),
      ),
    send(kind, encoded) {
      server.put(join("fake", "uv-signature"), verificationKey.sign(encoded));
      return client.ceremony("a", kind, {
        transactionId: new Uint8Array(randomBytes(16)),
        signature: operationKey.sign(encoded),
        encoded,
      });
    },
    async close() {
      await server.close();
      await desk.close();
      await relay.close();
      folder.remove();
    },
  };
}
