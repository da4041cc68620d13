/** Hashes, keys, seals and streams of docs/protocol.md §§ 1 and 2, for the second reader. Written from the page alone. */
import { createHash } from "node:crypto";
import sodium from "libsodium-wrappers";
import { bytesOf, encode, equal, type Item, join } from "./cbor.ts";

await sodium.ready;

export const label = (name: string): string => `latchkey/${name}/1`;

/** H(label, a, b, …) */
export const hash = (name: string, ...operands: readonly Item[]): Uint8Array =>
  sodium.crypto_generichash(32, encode([label(name), ...operands]), null);

/** KDF(key, label, []) */
export const derive = (key: Uint8Array, name: string): Uint8Array =>
  sodium.crypto_generichash(32, encode([label(name)]), key);

export const sha256 = (data: Uint8Array): Uint8Array =>
  new Uint8Array(createHash("sha256").update(data).digest());

/** XChaCha20-Poly1305; throws when it does not open. */
export function open(key: Uint8Array, nonce: Uint8Array, ciphertext: Uint8Array, data: Item): Uint8Array {
  return sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(null, ciphertext, encode(data), nonce, key);
}

/** *sealed* = nonce ‖ ciphertext */
export const openSealed = (key: Uint8Array, sealed: Uint8Array, data: Item): Uint8Array =>
  open(key, sealed.slice(0, 24), sealed.slice(24), data);

export function checkSignature(publicKey: Uint8Array, signature: Uint8Array, operands: Item, what: string) {
  if (!sodium.crypto_sign_verify_detached(signature, encode(operands), publicKey))
    throw new Error(`${what}: signature is wrong`);
}

/** *stream*: every chunk opens, the last one and no other has the final tag. */
export function openStream(key: Uint8Array, stream: Uint8Array, data: Item): Uint8Array {
  const state = sodium.crypto_secretstream_xchacha20poly1305_init_pull(stream.slice(0, 24), key);
  const parts: Uint8Array[] = [];
  for (let at = 24, end = at; at < stream.length; at = end) {
    end = Math.min(at + 65_536 + 17, stream.length);
    const pulled = sodium.crypto_secretstream_xchacha20poly1305_pull(
      state,
      stream.slice(at, end),
      encode(data),
    );
    if (pulled === false) throw new Error("stream does not open");
    const isFinal = pulled.tag === sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    if (isFinal !== (end === stream.length)) throw new Error("stream ends in the wrong place");
    parts.push(pulled.message);
  }
  if (parts.length === 0) throw new Error("stream is empty");
  return join(...parts);
}

/** *pad*, taken off. */
export function unpad(padded: Uint8Array): Uint8Array {
  const mark = padded.findLastIndex((byte) => byte !== 0);
  if (padded[mark] !== 0x80) throw new Error("padding has no mark");
  return padded.slice(0, mark);
}

export const deviceTag = (entryKey: Uint8Array, logId: Uint8Array): Uint8Array =>
  hash("device-tag", entryKey, logId, 0).slice(0, 8);

/** What § 2 derives from `M`, and the name of the log with the room authority key. */
export function epochKeys(m: Uint8Array) {
  const roomAuth = sodium.crypto_sign_seed_keypair(derive(m, "key-room-auth")).publicKey;
  return {
    entry: derive(m, "key-entry"),
    record: derive(m, "key-record"),
    snapshot: derive(m, "key-snapshot"),
    logIdWith: (roomAuthority: Uint8Array): Uint8Array =>
      sha256(encode([label("room-id"), roomAuth, roomAuthority])).slice(0, 16),
  };
}

/** A root, if it is the one that was committed to. */
export function checkRoot(name: "M" | "S", root: Uint8Array, commitment: Item | undefined): void {
  if (!equal(hash("root-commitment", name, root), bytesOf(commitment, 32)))
    throw new Error(`root ${name} is not the epoch's`);
}

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
export const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");
