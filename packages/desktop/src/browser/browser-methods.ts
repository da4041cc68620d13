/**
 * What a host does for the browser extension, by way of the native messaging host and the control socket: says whether it answers websites
 * at all, and answers one request. Only a host that serves the app has these: the person is asked in the app's window.
 */
import type { Channel } from "@latchkey/device-host/channel";
import { VaultError } from "@latchkey/core/errors";
import { Params } from "@latchkey/device-host/method";
import type { ServedVault } from "../loopback/served-vault.ts";
import type { JsonObject } from "../terminal/json.ts";
import { answerRequest } from "./answer-request.ts";

/** Whether the extension is to answer websites, and if not, why: there is no vault yet, or Windows itself offers these passkeys. */
export type BrowserState = "ready" | "no-vault" | "system-provider";

export const BROWSER_STATE = "browser.state";
export const BROWSER_REQUEST = "browser.request";

export interface BrowserDeps {
  readonly served: ServedVault;
  /** An address that opens the app; good for a minute, once. */
  readonly makeAppLink: () => Promise<string>;
  /** Milliseconds that the person has, whatever the page says; left out: as it says. */
  readonly timeout?: number | undefined;
}

export async function callBrowserMethod(
  deps: BrowserDeps,
  name: string,
  values: JsonObject,
  channel: Channel,
): Promise<JsonObject> {
  const { served, makeAppLink, timeout } = deps;
  if (name === BROWSER_STATE) return { state: readState(served) };
  const params = new Params(values);
  const kind = params.text("kind");
  if (name !== BROWSER_REQUEST || (kind !== "create" && kind !== "get"))
    throw new VaultError("LK-CLI-HOST", `host has no method ${name} of this kind`);
  const { services, requests } = served;
  const outcome = await answerRequest(
    {
      services,
      desk: requests,
      signal: channel.signal,
      ...(timeout !== undefined && { timeout }),
      onShow: () =>
        void makeAppLink().then(
          (address) => channel.tell({ event: "show", address }),
          (fault: unknown) => served.reportFault(fault),
        ),
    },
    kind,
    params.text("details"),
  );
  return { ...outcome };
}

function readState({ phase, machine: { system } }: ServedVault): BrowserState {
  if (system !== null && system.registration.read() === "enabled") return "system-provider";
  return phase === "no-vault" ? "no-vault" : "ready";
}
