/**
 * What the app's page may ask of the host: a part of the methods that commands have, and a few that only the app needs, because at a
 * terminal they are commands of their own. Everything else is refused, however the page asks.
 */
import { hostname } from "node:os";
import { decodeBase64url } from "@latchkey/core/bytes/text";
import { wipe } from "@latchkey/core/crypto/wipe";
import { foundVault } from "@latchkey/core/device/found-vault";
import { VaultError } from "@latchkey/core/errors";
import { checkUnmanaged } from "@latchkey/core/policy/policy";
import { MAX_DEVICE_NAME } from "@latchkey/core/membership/member-record";
import { NO_APP } from "../commands/device-add.ts";
import { namePlatform } from "../commands/new-device.ts";
import { createNativeCredentialCrypto } from "../credential-crypto.ts";
import type { Channel } from "@latchkey/device-host/channel";
import { APP_METHODS } from "@latchkey/device-host/device-methods";
import type { JoinDoor } from "@latchkey/device-host/join-doors";
import { joinDevice } from "../host/join-device.ts";
import { refuseIntended } from "@latchkey/device-host/refuse-intended";
import { makeVaultFile } from "../host/new-vault-file.ts";
import { askForPassphrase } from "@latchkey/device-host/unlock";
import { systemClock, systemRandom } from "../host/vault-host.ts";
import { makePassphrase } from "@latchkey/device-host/key-protection/generate";
import { createPassphraseProtector, encodePassphrase } from "@latchkey/device-host/key-protection/passphrase";
import { readQrPng } from "../qr/read-qr.ts";
import type { JsonObject } from "../terminal/json.ts";
import { BACKUP_PAGE_METHODS } from "./backup-page-methods.ts";
import type { OwnMailbox } from "./own-mailbox.ts";
import { MOVING_METHODS } from "./moving-methods.ts";
import type { Practice } from "./practice-methods.ts";
import { hasProviderPage, PROVIDER_PAGE_METHODS } from "./provider-page-methods.ts";
import { readName } from "./read-name.ts";
import { RESTORE_METHODS } from "./restore-methods.ts";
import type { ServedVault } from "./served-vault.ts";

/** How long a device that joined looks for the rest of the vault before it leaves that to the usual sync. */
const ARRIVAL_MS = 60_000;

export interface AppDeps {
  readonly served: ServedVault;
  readonly mailbox: OwnMailbox;
  readonly practice: Practice;
}

type AppMethod = (deps: AppDeps, params: JsonObject, channel: Channel) => Promise<JsonObject>;

const OWN = {
  /** Six words: strength is made, not judged. */
  async "passphrase.suggest"() {
    return { passphrase: await makePassphrase(systemRandom) };
  },

  async "vault.create"({ served }, params, channel) {
    const name = readName(params["name"]);
    const passphrase = await channel.ask({ kind: "passphrase", purpose: "protect the new vault" });
    await withProtector(passphrase, (protector) =>
      makeVaultFile(served.path, (store) =>
        foundVault(
          { store, random: systemRandom, clock: systemClock, crypto: createNativeCredentialCrypto() },
          protector,
          { name, platform: namePlatform(process.platform), relays: [] },
        ),
      ),
    );
    await served.adopt(askForPassphrase(async () => passphrase, systemRandom));
    return { device: name };
  },

  async "vault.join"({ served }, params, channel) {
    const name = readName(params["name"]);
    const door = readJoinDoor(params);
    const passphrase = await channel.ask({ kind: "passphrase", purpose: "protect this copy of the vault" });
    await withProtector(passphrase, (protector) =>
      joinDevice({
        path: served.path,
        door,
        name,
        platform: namePlatform(process.platform),
        protector,
        tell: (event) => channel.tell(event),
        signal: channel.signal,
      }),
    );
    await served.adopt(askForPassphrase(async () => passphrase, systemRandom));
    // Goes on without the page: the vault is here, and what is still to come comes in by itself.
    const signal = AbortSignal.timeout(ARRIVAL_MS);
    void served.call("device.arrive", {}, { ...channel, signal }).catch(served.reportFault);
    return { device: name };
  },

  /** `app`: where a phone's camera is led, as the person typed it; core takes nothing but https. */
  async "device.add"({ served }, params, channel) {
    refuseLocked({ served });
    if (params["door"] === "words") return served.call("device.add", { words: true }, channel);
    if (params["door"] === "request")
      return served.call("device.add", { request: readCode(params) }, channel);
    const { app } = params;
    return served.call("device.add", { app: typeof app === "string" ? app : NO_APP }, channel);
  },

  async "practice.register"({ served, practice }, params, channel) {
    refuseLocked({ served });
    return { ...(await practice.register(readName(params["name"]), channel)) };
  },

  async "practice.signIn"({ served, practice }, _, channel) {
    refuseLocked({ served });
    return { ...(await practice.signIn(channel)) };
  },

  /** The person's word on what a website asks for; `typed`: with a passphrase, which is asked for. Goes for a locked vault, too. */
  async "request.answer"({ served }, params, channel) {
    const passphrase =
      params["typed"] === true
        ? await channel.ask({ kind: "passphrase", purpose: "answer the website" })
        : null;
    await served.requests.answer(readIndex(params["request"]), {
      passphrase,
      account: readIndex(params["account"]),
    });
    return {};
  },

  async "request.deny"({ served }, params) {
    served.requests.deny(readIndex(params["request"]), params["forOthers"] === true);
    return {};
  },

  ...MOVING_METHODS,
  ...RESTORE_METHODS,
  ...BACKUP_PAGE_METHODS,

  async "rotate.page"({ served }, params, channel) {
    refuseLocked({ served });
    return served.call("rotate.page", params, channel);
  },

  /** A mailbox in this process, for a vault that has none. */
  async "mailbox.start"({ served, mailbox }, _, channel) {
    refuseLocked({ served });
    checkUnmanaged(served.machine.policy, "ForceRelay");
    return served.call("relay.add", { address: await mailbox.start() }, channel);
  },
} satisfies Record<string, AppMethod>;

/** What `place` tells the page. */
export const listAppMethods = (served: ServedVault): string[] => [
  ...APP_METHODS,
  ...Object.keys(OWN),
  ...(hasProviderPage(served) ? Object.keys(PROVIDER_PAGE_METHODS) : []),
];

/** Runs a method for the page. Throws `LK-CLI-HOST` for one that the page does not have, and `LK-EPOCH-INTENDED` for what
 * is kept until there is contact: a page says with it that nothing has happened yet. */
export async function callAppMethod(
  deps: AppDeps,
  name: string,
  params: JsonObject,
  channel: Channel,
): Promise<JsonObject> {
  const own: Readonly<Record<string, AppMethod>> = { ...OWN, ...PROVIDER_PAGE_METHODS };
  if (Object.hasOwn(own, name)) return (own[name] as AppMethod)(deps, params, channel);
  if (!APP_METHODS.some((shared) => shared === name))
    throw new VaultError("LK-CLI-HOST", `the app has no method ${name}`);
  // Nothing but unlocking opens a locked vault: a question in the middle of an edit would be a surprise.
  if (name !== "unlock") refuseLocked(deps);
  return refuseIntended(name, await deps.served.call(name, params, channel));
}

/** What this machine calls itself, as a name for a device. */
export const suggestDeviceName = (): string => hostname().slice(0, MAX_DEVICE_NAME);

function refuseLocked({ served }: Pick<AppDeps, "served">): void {
  if (served.phase === "locked") throw new VaultError("LK-VAULT-LOCKED", "vault is locked");
}

function readIndex(value: unknown): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new VaultError("LK-CLI-USAGE", "number of a request or an account is none");
}

function readJoinDoor(params: JsonObject): JoinDoor {
  const relay = typeof params["relay"] === "string" ? params["relay"] : "";
  switch (params["door"]) {
    case "words":
      return { kind: "words", text: readCode(params), relay };
    case "request":
      return { kind: "request", relay };
    default:
      return { kind: "invitation", text: readCode(params) };
  }
}

/** A code as text, or as its picture in base64url. */
function readCode({ text, picture }: JsonObject): string {
  if (typeof text === "string") return text;
  const file = typeof picture === "string" ? decodeBase64url(picture) : null;
  if (file === null) throw new VaultError("LK-PAIR-MALFORMED", "code is neither text nor a picture");
  return readQrPng(file);
}

async function withProtector<T>(
  passphrase: string,
  use: (protector: ReturnType<typeof createPassphraseProtector>) => Promise<T>,
): Promise<T> {
  const encoded = encodePassphrase(passphrase);
  try {
    return await use(createPassphraseProtector({ passphrase: encoded, random: systemRandom }));
  } finally {
    wipe(encoded);
  }
}
