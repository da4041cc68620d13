/** A passkey that a website in Chromium made is the same on every device of the vault: its PRF, and its signature through `latchkey ctap`. */
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { createAuthenticator } from "@latchkey/core/authenticator/authenticator";
import { NEVER_CANCELLED } from "@latchkey/core/authenticator/cancellation";
import { createPortableCredentialCrypto } from "@latchkey/core/crypto/credential-key";
import { createPortableSecretTransport } from "@latchkey/core/crypto/secret-transport";
import { openSigningTier } from "@latchkey/core/device/tiers";
import { createVaultAuthenticator } from "@latchkey/core/device/vault-authenticator";
import { createWebAuthnClient } from "@latchkey/core/client/webauthn-client";
import { systemClock, systemRandom } from "@latchkey/desktop/host/vault-host";
import { makeFolder, makeProtector } from "@latchkey/desktop/test/hosts";
import { startRelay } from "@latchkey/sync-relay/hosts/node";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import { HAS_NO_CHROMIUM, LAUNCH_MS } from "../app/chromium.ts";
import { PASSPHRASE } from "../app/served-app.ts";
import { createCtapPipe } from "../demo/ctap-pipe.ts";
import { openPage } from "../demo/web-page.ts";
import { pairByInvitation } from "../scenario/ceremony.ts";
import { LiveDevice } from "../scenario/live-device.ts";
import { type ExtensionRig, get, startRig, visitorOf, withConsent } from "./extension-rig.ts";
import { register, signIn } from "./relying-party.ts";
import { SHOP } from "./test-sites.ts";

const LATCHKEY = join(import.meta.dirname, "../../packages/desktop/bin/latchkey.js");
const CHALLENGE = "AAAAAAAAAAAAAAAAAAAAAA";

/** As a phone computes it: core alone, without anything that Node lends. */
async function signInPortably({ host }: LiveDevice, origin: string, options: object) {
  const crypto = createPortableCredentialCrypto(systemRandom);
  const transport = createPortableSecretTransport(systemRandom);
  const vault = createVaultAuthenticator({
    ...host.deps,
    crypto,
    opened: () => host.opened,
    openSigning: () => openSigningTier(host.deps.store, makeProtector()),
    device: () => host.device(),
  });
  const authenticator = createAuthenticator({
    ...vault,
    crypto,
    transport,
    random: systemRandom,
    clock: systemClock,
    attestation: "none",
    reset: null,
    reportFault: (fault) => {
      throw fault;
    },
  });
  const client = createWebAuthnClient({
    crypto,
    transport,
    random: systemRandom,
    transact: (request) => authenticator.handle(request, NEVER_CANCELLED),
    fetchWellKnown: null,
    largeBlobs: null,
  });
  try {
    return await client.get({ origin, topOrigin: null }, options);
  } finally {
    vault.endCeremony();
  }
}

describe.skipIf(HAS_NO_CHROMIUM)("a passkey that a website in Chromium made", () => {
  let rig: ExtensionRig | null = null;
  afterEach(() => rig?.close());

  test(
    "has the same PRF on the phone, and signs in from the phone's copy through latchkey ctap",
    { timeout: LAUNCH_MS * 2 },
    async () => {
      const folder = makeFolder();
      const relay = await startRelay({
        admission: { mode: "open" },
        file: join(folder.path, "relay.db"),
        log: () => {},
      });
      onTestFinished(async () => {
        await relay.close();
        folder.remove();
      });
      let copy = "";
      rig = await startRig({
        async found(vault) {
          const desk = await LiveDevice.found(vault, "Desk", [relay.origin]);
          desk.connect();
          copy = join(dirname(vault), "phone.latchkey");
          const phone = await pairByInvitation(desk, copy, "Phone");
          await desk.settled();
          await phone.close();
          await desk.close();
        },
      });
      const origin = rig.sites.origin(SHOP);
      const page = await rig.open(origin);
      expect(await rig.look()).toBe("answering");
      const known = await register(origin, visitorOf(rig, page), -7, "required");
      const options = {
        challenge: CHALLENGE,
        rpId: SHOP,
        allowCredentials: [{ type: "public-key", id: known.credential.id }],
        extensions: {
          prf: {
            eval: {
              first: Buffer.from("a").toString("base64url"),
              second: Buffer.from("b").toString("base64url"),
            },
          },
        },
      };
      const { clientExtensionResults } = await withConsent(rig, get(page, options));
      const prf = (clientExtensionResults as { readonly prf?: { readonly results?: object } }).prf?.results;
      expect(prf).toEqual({ first: expect.stringMatching(/^[\w-]{43}$/), second: expect.any(String) });

      const phone = await LiveDevice.open(copy, "Phone");
      phone.connect();
      await expect.poll(() => phone.document.list().length, { timeout: 20_000 }).toBe(1);
      const there = await signInPortably(phone, origin, options);
      expect(there.clientExtensionResults).toEqual({ prf: { results: prf } });
      await phone.close();

      const child = spawn(process.execPath, [LATCHKEY, "ctap", "--vault", copy, "--passphrase-fd", "3"], {
        stdio: ["pipe", "pipe", "ignore", "pipe"],
      });
      onTestFinished(() => void child.kill("SIGKILL"));
      (child.stdio[3] as Writable).end(`${PASSPHRASE}\n`.repeat(4));
      const pipe = createCtapPipe({ stdin: child.stdin as Writable, stdout: child.stdout as Readable });
      const client = openPage(origin, pipe.transact);
      const visitor = {
        create: async (given: object) => (await client.create(given)).response,
        get: async (given: object) => (await client.get(given)).response,
      };
      await signIn(origin, visitor, known, { listed: true, comparesCounters: true });
      pipe.close();
      expect(rig.faults).toEqual([]);
    },
  );
});
