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
import { ADMISSION_MODES } from "./admission.ts";
import type { Proxies } from "./client-address.ts";
import { type Network, readNetwork } from "./ip-group.ts";
import { DEFAULT_LIMITS, type LimitName, type RelayLimits } from "./limits.ts";

export interface RelayConfig {
  /** Empty: the address listened on. */
  readonly origins: readonly string[];
  readonly contact: string | null;
  readonly limits: RelayLimits;
  readonly admission: AdmissionSetting;
  readonly proxies: Proxies;
  readonly metrics: Listener | null;
  /** Holds the URL of a PostgreSQL database, which has a password in it and is therefore no variable itself. */
  readonly databaseFile: string | null;
}

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
const MAX_CONTACT_LENGTH = 200;
const HIGHEST_PORT = 65_535;

const LIMIT_NAMES = Object.keys(DEFAULT_LIMITS) as LimitName[];
/** The settings that are no limits. */
export const SETTINGS: ReadonlySet<string> = new Set(
  [
    "ORIGINS",
    "CONTACT",
    "DATABASE_FILE",
    "ADMISSION",
    "ALLOWLIST",
    "HOOK",
    "TRUSTED_PROXIES",
    "ADDRESS_HEADER",
    "METRICS",
  ].map((name) => PREFIX + name),
);
const NAME_OF_VARIABLE = new Map(LIMIT_NAMES.map((name) => [variableOf(name), name]));

/** The environment variable of a limit. */
export function variableOf(name: LimitName): string {
  return PREFIX + name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** Reads the configuration. Throws `LK-RELAY-CONFIG` naming the variable. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): RelayConfig {
  const limits: { [K in LimitName]: number } = { ...DEFAULT_LIMITS };
  const texts = new Map<string, string>();
  for (const [variable, text] of Object.entries(env)) {
    if (!variable.startsWith(PREFIX) || text === undefined) continue;
    const limit = NAME_OF_VARIABLE.get(variable);
    if (limit !== undefined) limits[limit] = readNumber(variable, text);
    else if (SETTINGS.has(variable)) texts.set(variable.slice(PREFIX.length), text);
    else refuse(`${variable} is not a setting of the relay`);
  }
  const listOf = (name: string): string[] => texts.get(name)?.split(",") ?? [];
  const metrics = texts.get("METRICS");
  return {
    origins: listOf("ORIGINS").map(readOrigin),
    contact: readContact(texts.get("CONTACT") ?? null),
    limits,
    admission: readAdmission(texts),
    proxies: {
      trusted: listOf("TRUSTED_PROXIES").map(readProxy),
      header: readHeader(texts.get("ADDRESS_HEADER")),
    },
    metrics: metrics === undefined ? null : readListener(metrics),
    databaseFile: texts.get("DATABASE_FILE") ?? null,
  };
}

/** `127.0.0.1:0`, `[::1]:4480`, `0.0.0.0:4480`. Throws `LK-RELAY-CONFIG`. */
export function readListener(text: string): Listener {
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+)):(\d{1,5})$/i.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(digits) > HIGHEST_PORT) return refuse(`"${text}" is not host:port`);
  return { host, port: Number(digits) };
}

function readAdmission(texts: ReadonlyMap<string, string>): AdmissionSetting {
  const text = texts.get("ADMISSION") ?? "invite";
  const mode = ADMISSION_MODES.find((known) => known === text);
  const [file, url] = [texts.get("ALLOWLIST"), texts.get("HOOK")];
  if (mode === undefined) return refuse(`admission "${text}" is not one of ${ADMISSION_MODES.join(", ")}`);
  if ((mode === "allowlist") !== (file !== undefined) || (mode === "hook") !== (url !== undefined)) {
    return refuse(
      "admission allowlist needs LATCHKEY_RELAY_ALLOWLIST, hook needs LATCHKEY_RELAY_HOOK, the others neither",
    );
  }
  if (mode === "allowlist") return { mode, file: file as string };
  return mode === "hook" ? { mode, url: readUrl(url as string) } : { mode };
}

function readUrl(text: string): string {
  return /^https?:$/.test(URL.parse(text)?.protocol ?? "")
    ? text
    : refuse("LATCHKEY_RELAY_HOOK is not an http(s) URL");
}

const readProxy = (text: string): Network =>
  readNetwork(text) ?? refuse(`trusted proxy "${text}" is not an address or a CIDR block`);

function readHeader(text: string | undefined): string | null {
  if (text === undefined) return null;
  return /^[A-Za-z0-9-]{1,64}$/.test(text)
    ? text.toLowerCase()
    : refuse(`"${text}" is not the name of a header`);
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

function readContact(text: string | null): string | null {
  if (text !== null && text.length > MAX_CONTACT_LENGTH)
    refuse(`contact is longer than ${MAX_CONTACT_LENGTH}`);
  return text;
}

function refuse(what: string): never {
  throw new VaultError("LK-RELAY-CONFIG", what);
}
