/**
 * What the phone's screens may ask of the device in the page: a part of the methods that every host has, and joining. Checked as on a desktop,
 * though here no socket is between.
 */
import { VaultError } from "@latchkey/core/errors";
import type { Channel } from "@latchkey/device-host/channel";
import { APP_METHODS, DEVICE_METHODS } from "@latchkey/device-host/device-methods";
import type { JsonObject } from "@latchkey/device-host/json";
import { makePassphrase } from "@latchkey/device-host/key-protection/generate";
import { refuseIntended } from "@latchkey/device-host/refuse-intended";
import { type HostServices, type Method, runMethod } from "@latchkey/device-host/method";
import { browserRandom } from "./browser-ports.ts";

const SHARED = [...APP_METHODS, "device.add", "device.arrive"] as const;

export const PHONE_METHODS: readonly string[] = [...SHARED, "passphrase.suggest", "vault.join"];

/**
 * Runs a method on the open or locked copy. Throws `LK-CLI-HOST` for one that the phone does not have, and
 * `LK-EPOCH-INTENDED` for what is kept until there is contact.
 */
export async function callPhoneMethod(
  services: HostServices,
  name: string,
  params: JsonObject,
  channel: Channel,
): Promise<JsonObject> {
  const shared = SHARED.find((each) => each === name);
  if (shared === undefined) throw new VaultError("LK-CLI-HOST", `the phone has no method ${name}`);
  // Nothing but unlocking opens a locked vault: a question in the middle of an edit would be a surprise.
  if (name !== "unlock" && !services.host.isOpen) throw new VaultError("LK-VAULT-LOCKED", "vault is locked");
  const methods: Readonly<Record<(typeof SHARED)[number], Method>> = DEVICE_METHODS;
  return refuseIntended(name, await runMethod(services, [shared, methods[shared]], params, channel));
}

/** Six words: strength is made, not judged. */
export const suggestPassphrase = (): Promise<string> => makePassphrase(browserRandom);
