/**
 * How devices of one vault know their relay on the local network, and nobody else knows whose it is (docs/protocol.md § 7).
 *
 *   tag   = first 16 bytes of KDF(M, lan-tag, [salt, origin])
 *   token = first 16 bytes of KDF(M, lan-token, [salt, origin])
 *
 * The salt is new at each start. The tag binds the address, so an announcement that somebody repeats leads to the same relay or nowhere.
 */
import { equalBytes } from "../bytes/equal.ts";
import { deriveKey } from "../crypto/hash.ts";
import { LABELS } from "../crypto/labels.ts";
import { isVaultError } from "../errors.ts";
import { parseRelayAddress, type RelayAddress } from "../relay-protocol/relay-address.ts";
import type { Device } from "./device.ts";

const SALT_BYTES = 8;
const TAG_BYTES = 16;
const TOKEN_BYTES = 16;

/** What is announced to everybody on the network. */
export interface LanAnnouncement {
  readonly origin: string;
  readonly salt: Uint8Array;
  readonly tag: Uint8Array;
}

/** Announces a relay of this device at `origin`, with the token that lets members create rooms there. */
export function makeLanAnnouncement(
  device: Device,
  origin: string,
): LanAnnouncement & { readonly token: Uint8Array } {
  const salt = device.deps.random(SALT_BYTES);
  const root = device.metadataRoot();
  return { origin, salt, tag: deriveTag(root, salt, origin), token: deriveToken(root, salt, origin) };
}

/** The relay that is announced, if it is one of this vault at an address of a local network, else `null`. */
export function recognizeLanRelay(
  device: Device,
  { origin, salt, tag }: LanAnnouncement,
): RelayAddress | null {
  if (salt.length !== SALT_BYTES || tag.length !== TAG_BYTES || !isLanOrigin(origin)) return null;
  const root = device.metadataRoot();
  return equalBytes(deriveTag(root, salt, origin), tag)
    ? { origin, token: deriveToken(root, salt, origin) }
    : null;
}

const deriveTag = (root: Uint8Array, salt: Uint8Array, origin: string): Uint8Array =>
  deriveKey(root, LABELS.lanTag, [salt, origin]).slice(0, TAG_BYTES);

const deriveToken = (root: Uint8Array, salt: Uint8Array, origin: string): Uint8Array =>
  deriveKey(root, LABELS.lanToken, [salt, origin]).slice(0, TOKEN_BYTES);

/** Plain HTTP: nobody has a certificate for such an address, and what passes is sealed. */
const PLAIN_ORIGIN = /^http:\/\/([0-9.]+)(?::\d+)?$/;

/** Whether a relay's origin is an address of a local network. */
export function isLanOrigin(origin: string): boolean {
  const [, address = ""] = PLAIN_ORIGIN.exec(origin) ?? [];
  try {
    return isLanAddress(address) && parseRelayAddress(origin).origin === origin;
  } catch (error) {
    if (isVaultError(error, "LK-RELAY-ORIGIN")) return false;
    throw error;
  }
}

/** Whether an IPv4 address is of a local network (RFC 1918), link-local (RFC 3927) or this machine's own. */
export function isLanAddress(address: string): boolean {
  const parts = address.split(".").map(Number);
  const isIpv4 =
    /^\d{1,3}(?:\.\d{1,3}){3}$/.test(address) && parts.every((part) => Number.isInteger(part) && part <= 255);
  if (!isIpv4) return false;
  const [a = 0, b = 0] = parts;
  return (
    a === 10 ||
    a === 127 ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254)
  );
}
