/**
 * The relay's configuration from the environment. Strict: an unknown or malformed `LATCHKEY_RELAY_…` stops the start with
 * `LK-RELAY-CONFIG`, because a limit that was meant and not set protects nobody.
 *
 * | variable                   | is                                                                                     |
 * | -------------------------- | -------------------------------------------------------------------------------------- |
 * | LATCHKEY_RELAY_ORIGINS     | the origins that clients dial, comma-separated; what handshakes are signed for         |
 * | LATCHKEY_RELAY_CONTACT     | whom to write to, published at `/v1/info`                                              |
 * | LATCHKEY_RELAY_<LIMIT>     | a limit of `limits.ts`, as `LATCHKEY_RELAY_SOCKETS_PER_ROOM`: digits                   |
 */
import { isVaultError, VaultError } from "@latchkey/core/errors";
import { parseRelayAddress } from "@latchkey/core/relay-protocol";
import { DEFAULT_LIMITS, type LimitName, type RelayLimits } from "./limits.ts";

export interface RelayConfig {
  /** Empty: the address listened on. */
  readonly origins: readonly string[];
  readonly contact: string | null;
  readonly limits: RelayLimits;
}

const PREFIX = "LATCHKEY_RELAY_";
const MAX_CONTACT_LENGTH = 200;

const LIMIT_NAMES = Object.keys(DEFAULT_LIMITS) as LimitName[];
const NAME_OF_VARIABLE = new Map(LIMIT_NAMES.map((name) => [variableOf(name), name]));

/** The environment variable of a limit. */
export function variableOf(name: LimitName): string {
  return PREFIX + name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** Reads the configuration. Throws `LK-RELAY-CONFIG` naming the variable. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): RelayConfig {
  let origins: readonly string[] = [];
  let contact: string | null = null;
  const limits: { [K in LimitName]: number } = { ...DEFAULT_LIMITS };
  for (const [variable, text] of Object.entries(env)) {
    if (!variable.startsWith(PREFIX) || text === undefined) continue;
    const limit = NAME_OF_VARIABLE.get(variable);
    if (limit !== undefined) limits[limit] = readNumber(variable, text);
    else if (variable === `${PREFIX}ORIGINS`) origins = text.split(",").map((origin) => readOrigin(origin));
    else if (variable === `${PREFIX}CONTACT`) contact = readContact(text);
    else refuse(`${variable} is not a setting of the relay`);
  }
  return { origins, contact, limits };
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

function readContact(text: string): string {
  if (text.length > MAX_CONTACT_LENGTH) refuse(`contact is longer than ${MAX_CONTACT_LENGTH}`);
  return text;
}

function refuse(what: string): never {
  throw new VaultError("LK-RELAY-CONFIG", what);
}
