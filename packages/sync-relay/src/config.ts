/**
 * The relay's configuration from the environment. Strict: an unknown or malformed `LATCHKEY_RELAY_…` stops the start with
 * `LK-RELAY-CONFIG`, because a limit that was meant and not set protects nobody.
 *
 * | variable                   | is                                                                                     |
 * | -------------------------- | -------------------------------------------------------------------------------------- |
 * | LATCHKEY_RELAY_ORIGINS     | the origins that clients dial, comma-separated; what handshakes are signed for         |
 * | LATCHKEY_RELAY_CONTACT     | whom to write to, published at `/v1/info`                                              |
 * | LATCHKEY_RELAY_DATABASE_FILE | a file that holds the URL of a PostgreSQL database, instead of the relay's own file   |
 * | LATCHKEY_RELAY_ADMISSION   | who may create rooms: open, invite, allowlist, pow or hook                             |
 * | LATCHKEY_RELAY_ALLOWLIST   | allowlist: a file of tokens, one a line; read again on SIGHUP                          |
 * | LATCHKEY_RELAY_HOOK        | hook: an http(s) URL that is asked; 204 or 200 is yes                                  |
 * | LATCHKEY_RELAY_TRUSTED_PROXIES | addresses and CIDR blocks, comma-separated, whose forwarding header is believed    |
 * | LATCHKEY_RELAY_ADDRESS_HEADER  | the header in which they name the client; X-Forwarded-For by itself                |
 * | LATCHKEY_RELAY_METRICS     | host:port of a listener of its own for Prometheus; none by itself                      |
 * | LATCHKEY_RELAY_<LIMIT>     | a limit of `limits.ts`, as `LATCHKEY_RELAY_SOCKETS_PER_ROOM`: digits                   |
 */
import { isVaultError, VaultError } from "@latchkey/core/errors";
import { parseRelayAddress } from "@latchkey/core/relay-protocol";
import { type Network, type Proxies, readNetwork } from "./address.ts";
import { ADMISSION_MODES } from "./admission.ts";
import { DEFAULT_LIMITS, type LimitName, type RelayLimits } from "./limits.ts";

export type RelayConfig = ReturnType<typeof readConfig>;

export type AdmissionSetting =
  | { readonly mode: "open" | "invite" | "pow" }
  | { readonly mode: "allowlist"; readonly file: string }
  | { readonly mode: "hook"; readonly url: string };

/** Where to listen. */
export interface Listener {
  readonly host: string;
  readonly port: number;
}

const PREFIX = "LATCHKEY_RELAY_";
const HIGHEST_PORT = 65_535;

const listOf =
  <T>(read: (text: string) => T) =>
  (text: string): T[] =>
    text.split(",").map(read);

/** A text of this form, or else a refusal. */
const matching =
  (form: RegExp, what: string) =>
  (text: string): string =>
    form.test(text) ? text : refuse(what);

/** Every setting that is no limit, and how it is read. */
const READERS = {
  ORIGINS: listOf(readOrigin),
  CONTACT: matching(/^.{0,200}$/s, "contact is longer than 200 characters"),
  DATABASE_FILE: String,
  ADMISSION: (text: string) =>
    ADMISSION_MODES.find((mode) => mode === text) ??
    refuse(`admission "${text}" is not one of ${ADMISSION_MODES.join(", ")}`),
  ALLOWLIST: String,
  HOOK: (text: string) =>
    /^https?:$/.test(URL.parse(text)?.protocol ?? "") ? text : refuse(`${PREFIX}HOOK is not an http(s) URL`),
  TRUSTED_PROXIES: listOf(
    (text): Network =>
      readNetwork(text) ?? refuse(`trusted proxy "${text}" is not an address or a CIDR block`),
  ),
  ADDRESS_HEADER: matching(/^[A-Za-z0-9-]{1,64}$/, `${PREFIX}ADDRESS_HEADER is not the name of a header`),
  METRICS: readListener,
};
type Settings = { [Name in keyof typeof READERS]?: ReturnType<(typeof READERS)[Name]> };

/** The variables that are no limits. */
export const SETTINGS: ReadonlySet<string> = new Set(Object.keys(READERS).map((name) => PREFIX + name));
const LIMIT_OF_VARIABLE = new Map(
  (Object.keys(DEFAULT_LIMITS) as LimitName[]).map((name) => [variableOf(name), name]),
);

/** The environment variable of a limit. */
export function variableOf(name: LimitName): string {
  return PREFIX + name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** Reads the configuration. Throws `LK-RELAY-CONFIG` naming the variable. */
export function readConfig(env: Readonly<Record<string, string | undefined>>) {
  const limits: { [K in LimitName]: number } = { ...DEFAULT_LIMITS };
  const settings: Record<string, unknown> = {};
  for (const [variable, text] of Object.entries(env)) {
    if (!variable.startsWith(PREFIX) || text === undefined) continue;
    const limit = LIMIT_OF_VARIABLE.get(variable);
    const name = variable.slice(PREFIX.length);
    if (limit !== undefined) limits[limit] = readNumber(variable, text);
    else if (SETTINGS.has(variable)) settings[name] = READERS[name as keyof typeof READERS](text);
    else refuse(`${variable} is not a setting of the relay`);
  }
  const known: Settings = settings;
  const { TRUSTED_PROXIES: trusted = [], ADDRESS_HEADER: header = null } = known;
  const proxies: Proxies = { trusted, header: header?.toLowerCase() ?? null };
  return {
    /** Empty: the address listened on. */
    origins: known.ORIGINS ?? [],
    contact: known.CONTACT ?? null,
    limits: limits as RelayLimits,
    admission: admissionOf(known),
    proxies,
    metrics: known.METRICS ?? null,
    /** Holds the URL of a PostgreSQL database, which has a password in it and is therefore no variable itself. */
    databaseFile: known.DATABASE_FILE ?? null,
  };
}

/** `127.0.0.1:0`, `[::1]:4480`, `0.0.0.0:4480`. Throws `LK-RELAY-CONFIG`. */
export function readListener(text: string): Listener {
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+)):(\d{1,5})$/i.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(digits) > HIGHEST_PORT) return refuse(`"${text}" is not host:port`);
  return { host, port: Number(digits) };
}

function admissionOf({ ADMISSION: mode = "invite", ALLOWLIST: file, HOOK: url }: Settings): AdmissionSetting {
  if ((mode === "allowlist") !== (file !== undefined) || (mode === "hook") !== (url !== undefined)) {
    refuse(`admission allowlist needs ${PREFIX}ALLOWLIST, hook needs ${PREFIX}HOOK, the others neither`);
  }
  if (mode === "allowlist") return { mode, file: file as string };
  return mode === "hook" ? { mode, url: url as string } : { mode };
}

/** The spelling that handshakes are signed for. Throws `LK-RELAY-CONFIG`. */
export function readOrigin(text: string): string {
  try {
    const { origin, token } = parseRelayAddress(text.trim());
    if (token === null) return origin;
  } catch (error) {
    if (!isVaultError(error)) throw error;
  }
  return refuse(`origin "${text}" is not http(s)://host or http(s)://host:port`);
}

function readNumber(variable: string, text: string): number {
  if (!/^[0-9]{1,15}$/.test(text)) refuse(`${variable} is not a whole number of at most 15 digits`);
  return Number(text);
}

function refuse(what: string): never {
  throw new VaultError("LK-RELAY-CONFIG", what);
}
