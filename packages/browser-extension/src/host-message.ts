/**
 * The messages between the extension and its native messaging host, as JSON behind a length (u32, little endian, at most 1 MiB). Strict on
 * both sides: what is malformed ends the connection.
 *
 *   extension                               host
 *   hello {version}                     →                                      at the beginning, and to ask for the state again
 *                                       ←   hello {version, state}
 *   request {id, kind, details}         →                                      one at a time
 *                                       ←   show {id, address}                 the person is wanted: a window for this address
 *                                       ←   response {id, response}            or
 *                                       ←   error {id, name, message, aside}
 *   standing {standing}                 →                                      what the extension does now, for `latchkey browser status`
 *   cancel {id}                         →                                      the page, or the window, is gone: nothing more comes
 *
 * `id` is the browser's own number of the request. `details` and `response` are JSON text of `chrome.webAuthenticationProxy`.
 */

/** Rises when a message changes. */
export const PROTOCOL_VERSION = 1;
/** Bytes, both ways: browsers take no more from a host. */
export const MAX_MESSAGE_BYTES = 1024 * 1024;

/**
 * Whether the host answers websites. `no-vault`: there is none on this machine; `system-provider`: Windows itself offers these passkeys;
 * `failed`: Latchkey cannot be started.
 */
export type HostState = "ready" | "no-vault" | "system-provider" | "failed";

/**
 * What the extension does: `answering`, or why not. `off`: the person switched it off; `aside`: for a minute; `other-extension`: one has the
 * proxy; `missing`: the browser knows of no host; `other-version`: the host speaks another version of the messages.
 */
export const STANDINGS = [
  "starting",
  "answering",
  "off",
  "aside",
  "other-extension",
  "missing",
  "failed",
  "no-vault",
  "system-provider",
  "other-version",
] as const;
export type Standing = (typeof STANDINGS)[number];

export type RequestKind = "create" | "get";

export type ExtensionMessage =
  | { readonly type: "hello"; readonly version: number }
  | {
      readonly type: "request";
      readonly id: number;
      readonly kind: RequestKind;
      readonly details: string;
    }
  | { readonly type: "standing"; readonly standing: Standing }
  | { readonly type: "cancel"; readonly id: number };

export type HostMessage =
  | { readonly type: "hello"; readonly version: number; readonly state: HostState }
  | { readonly type: "show"; readonly id: number; readonly address: string }
  | { readonly type: "response"; readonly id: number; readonly response: string }
  | {
      readonly type: "error";
      readonly id: number;
      readonly name: string;
      readonly message: string;
      /** The person wants the browser to use something else for a while. */
      readonly aside: boolean;
    };

const STATES: readonly HostState[] = ["ready", "no-vault", "system-provider", "failed"];

/** `null`: malformed. */
export function readHostMessage(value: unknown): HostMessage | null {
  if (typeof value !== "object" || value === null) return null;
  const message = value as Readonly<Record<string, unknown>>;
  const isText = (...names: readonly string[]): boolean =>
    Number.isInteger(message["id"]) && names.every((name) => typeof message[name] === "string");
  const isWhole = (): boolean => {
    switch (message["type"]) {
      case "hello":
        return Number.isInteger(message["version"]) && STATES.some((state) => state === message["state"]);
      case "show":
        return isText("address");
      case "response":
        return isText("response");
      case "error":
        return isText("name", "message") && typeof message["aside"] === "boolean";
      default:
        return false;
    }
  };
  return isWhole() ? (value as HostMessage) : null;
}
