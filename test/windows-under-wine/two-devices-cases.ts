/**
 * Two devices and a real relay: one on this system, one a provider that COM has started. What is made on either is on the other, and in
 * Windows' list, by itself.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { NEVER_CANCELLED } from "@latchkey/core/authenticator/cancellation";
import { concatBytes } from "@latchkey/core/bytes/concat";
import type { Channel } from "@latchkey/device-host/channel";
import { createCtapSession } from "@latchkey/desktop/host/ctap-session";
import { inviteDevice } from "@latchkey/device-host/invite-device";
import { joinDevice } from "@latchkey/desktop/host/join-device";
import { startRelayService } from "@latchkey/device-host/relay-service";
import type { VaultHost } from "@latchkey/desktop/host/vault-host";
import { foundHost, makeFolder, makeProtector, withPassphrase } from "@latchkey/desktop/test/hosts";
import { HRESULT } from "@latchkey/windows-provider/native/hresult";
import { startRelay } from "@latchkey/sync-relay/hosts/node";
import { describe, expect, test } from "vitest";
import { deploy } from "./deployment.ts";
import { PROVIDER_ENTRIES } from "./provider-cases.ts";
import { Site } from "./site.ts";
import { waitUntil } from "./wait-until.ts";
import { makeWindowsKey } from "./windows-keys.ts";
import type { Wine } from "./wine.ts";

const CALLS = join("fake", "calls.log");
const fail = (fault: unknown): never => {
  throw fault;
};

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

export function describeTwoDevices(getWine: () => Wine): void {
  describe("the provider and another device", () => {
    test("have each other's passkeys through a relay, and Windows lists what came from afar", async () => {
      const folder = makeFolder();
      const relay = await startRelay({
        admission: { mode: "open" },
        file: join(folder.path, "relay.sqlite"),
        host: "127.0.0.1",
        port: 0,
      });
      const desk = await foundHost(join(folder.path, "desk.latchkey"), "Desk", [relay.origin]);
      try {
        await desk.unlock(withPassphrase());
        startRelayService(desk, fail);
        const path = join(folder.path, "windows.latchkey");
        await pair(desk, path);
        const [operationKey, verificationKey] = [makeWindowsKey("P-384"), makeWindowsKey("P-256")];
        const server = await deploy(getWine(), PROVIDER_ENTRIES, {
          "vault.latchkey": readFileSync(path),
          "relays.json": "[]",
          [join("fake", "op-key")]: operationKey.blob,
          [join("fake", "uv-key")]: verificationKey.blob,
        });
        try {
          const client = server.connect();
          expect(await client.create("a")).toMatchObject({ hr: HRESULT.ok });
          await server.waitForLine("server.log", /ready/);

          // Made on the other device: in Windows' list, and signs here.
          const far = new Site("far.example");
          const session = createCtapSession(desk, withPassphrase(), fail);
          const made = far.create({ userName: "ana" });
          const answer = await session.handle(concatBytes(Uint8Array.of(1), made.encoded), NEVER_CANCELLED);
          const credential = await made.judge(answer.subarray(1));
          const site = Buffer.from("far.example", "utf16le").toString("hex");
          await server.waitForLine(CALLS, new RegExp(`^AddCredentials .*rpId=${site}`));
          const signIn = far.signIn([credential]);
          const send = (kind: "make-credential" | "get-assertion", encoded: Uint8Array) => {
            server.put(join("fake", "uv-signature"), verificationKey.sign(encoded));
            return client.ceremony("a", kind, {
              transactionId: new Uint8Array(16).fill(5),
              signature: operationKey.sign(encoded),
              encoded,
            });
          };
          const { response } = await send("get-assertion", signIn.encoded);
          expect(await signIn.judge(response)).toBe(credential.id);

          // Made over COM: on the other device.
          const near = new Site("near.example").create();
          expect(await send("make-credential", near.encoded)).toMatchObject({ hr: HRESULT.ok });
          const device = await desk.device();
          await waitUntil("the passkey on the other device", () =>
            device.state.document.list().some(({ record }) => record?.rpId === "near.example"),
          );
        } finally {
          await server.close();
        }
      } finally {
        await desk.close();
        await relay.close();
        folder.remove();
      }
    }, 120_000);
  });
}
