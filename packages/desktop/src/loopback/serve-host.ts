/**
 * A served vault as the other programs of this person reach it: the methods over the control socket, and the app, which is loaded and served
 * when somebody asks for an address that opens it. `latchkey up` does this, and on Windows the process that Windows has started.
 */
import type { Channel } from "@latchkey/device-host/channel";
import { serveControl } from "../control/serve-control.ts";
import type { AppServer } from "./serve-app.ts";
import type { ServedVault } from "./served-vault.ts";

/** What `up --open` asks of a host that runs already. */
export const APP_LINK = "app.link";
/** What the native messaging host of the browser extension asks of it: `browser-methods.ts`. */
const BROWSER_METHODS = "browser.";

export interface ServedHost {
  /** An address that opens the app; good for a minute, once. */
  makeAppLink(): Promise<string>;
  /** Ends socket and app. The vault stays the caller's. */
  close(): Promise<void>;
}

/** What whoever serves has to know: a call has come or ended; the app was asked for, and from then on has a person before it. */
export interface HostUse {
  onCall(): void;
  onApp(): void;
}

/** `path`: of the control socket. `requestMs`: how long websites wait for the person; left out: as they say. */
export async function serveHost(
  served: ServedVault,
  path: string,
  use?: HostUse,
  requestMs?: number,
): Promise<ServedHost> {
  const { reportFault } = served;
  let app: Promise<AppServer> | null = null;
  const makeAppLink = async (): Promise<string> => {
    use?.onApp();
    return (await (app ??= serveBuiltApp(served))).makeLink();
  };
  const control = await serveControl({
    path,
    async handle(method, params, channel) {
      use?.onCall();
      try {
        if (method === APP_LINK) return { address: await makeAppLink() };
        const person: Channel = {
          tell: (event) => channel.tell(event),
          ask: ({ kind, purpose }) => channel.ask(kind, purpose),
          signal: channel.signal,
        };
        if (!method.startsWith(BROWSER_METHODS)) return await served.call(method, params, person);
        const { callBrowserMethod } = await import("../browser/browser-methods.ts");
        return await callBrowserMethod({ served, makeAppLink, timeout: requestMs }, method, params, person);
      } finally {
        use?.onCall();
      }
    },
    onFault: reportFault,
  });
  return {
    makeAppLink,
    async close() {
      await control.close();
      await app?.then((server) => server.close()).catch(reportFault);
    },
  };
}

/** What is needed is loaded when somebody wants the app. */
async function serveBuiltApp(served: ServedVault): Promise<AppServer> {
  const [{ serveApp }, { readPageFiles }, { buildApp }] = await Promise.all([
    import("./serve-app.ts"),
    import("./page-files.ts"),
    import("@latchkey/web-ui/build"),
  ]);
  return serveApp(served, readPageFiles(await buildApp()));
}
