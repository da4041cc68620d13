/** The passkeys of a document (docs/protocol.md § 5), for the second reader, each private key tried with `K_secret`. Written from the page alone. */
import { createPrivateKey, createPublicKey } from "node:crypto";
import * as Automerge from "@automerge/automerge";
import { bytesOf, decode, encode, equal, fields, type Item } from "./cbor.ts";
import { base64url, label, openSealed } from "./ground.ts";
import type { OpenLog } from "./log.ts";

export interface ReadPasskey {
  readonly id: string;
  readonly site: string;
  readonly user: string | null;
  readonly displayName: string | null;
  readonly title: string | null;
  readonly note: string | null;
  readonly tags: readonly string[];
  readonly deleted: boolean;
  /** Whether the private key opens and gives the public key; `null` without the signing root. */
  readonly signs: boolean | null;
}

/** Sorted by id. `secretKey` is `K_secret`. */
export function readPasskeys(document: OpenLog["document"], secretKey: Uint8Array | null): ReadPasskey[] {
  const passkeys: ReadPasskey[] = [];
  for (const [name, shard] of Object.entries(document)) {
    if (!/^s[0-9a-f]{2}$/.test(name)) continue;
    const byId = Map.groupBy(Object.keys(shard), (key) => key.slice(0, key.indexOf("/")));
    for (const [id, keys] of byId) {
      const registers = new Map(keys.map((key) => [key.slice(id.length + 1), plain(shard[key])]));
      const cores = Object.values(Automerge.getConflicts(shard, `${id}/core`) ?? {}).map(plain);
      passkeys.push(readPasskey(id, registers, cores, secretKey));
    }
  }
  return passkeys.sort((a, b) => (a.id < b.id ? -1 : 1));
}

const plain = (value: unknown): unknown => (Automerge.isImmutableString(value) ? String(value) : value);

function readPasskey(
  id: string,
  registers: ReadonlyMap<string, unknown>,
  others: readonly unknown[],
  secretKey: Uint8Array | null,
): ReadPasskey {
  const text = (register: string): string | null => {
    const value = registers.get(register);
    return typeof value === "string" ? value : null;
  };
  const cores = (others.length > 0 ? others : [registers.get("core")])
    .map((value) => fields(decode(bytesOf(value as Item)), 14))
    .sort((a, b) => Buffer.compare(encode(a), encode(b)));
  const signs = (core: readonly Item[]): boolean => secretKey !== null && opens(core, secretKey);
  const core = cores.find(signs) ?? cores[0];
  if (core === undefined) throw new Error(`passkey ${id} has no record`);
  if (core[0] !== 1 || base64url(bytesOf(core[1])) !== id) throw new Error(`record of ${id} is of another`);
  return {
    id,
    site: core[2] as string,
    user: text("name"),
    displayName: text("display-name"),
    title: text("title"),
    note: text("note"),
    tags: [...registers.keys()]
      .filter((key) => key.startsWith("tag/"))
      .map((key) => key.slice(4))
      .sort(),
    deleted: [...registers.keys()].some(
      (key) => key.startsWith("tomb/") && !registers.has(`restored/${key.slice(5)}`),
    ),
    signs: secretKey === null ? null : signs(core),
  };
}

function opens(core: readonly Item[], secretKey: Uint8Array): boolean {
  const [
    ,
    id,
    site,
    user,
    algorithm,
    publicKey,
    sealedKey,
    ,
    ,
    eligible,
    backedUp,
    discoverable,
    protection,
    created,
  ] = core as readonly [Item, Item, Item, Item, Item, Item, Item, Item, Item, Item, Item, Item, Item, Item];
  const source = [
    id,
    site,
    user,
    algorithm,
    publicKey,
    eligible,
    backedUp,
    discoverable,
    protection,
    created,
  ];
  try {
    const data = [label("secret-seal"), ...source, "private-key"];
    const der = Buffer.from(openSealed(secretKey, bytesOf(sealedKey), data));
    const { x = "", y = "" } = createPublicKey(
      createPrivateKey({ key: der, format: "der", type: "pkcs8" }),
    ).export({ format: "jwk" });
    // A COSE_Key holds the coordinates as they are.
    return [x, y]
      .filter((part) => part !== "")
      .every((part) => holds(bytesOf(publicKey), Buffer.from(part, "base64url")));
  } catch {
    return false;
  }
}

const holds = (bytes: Uint8Array, part: Uint8Array): boolean =>
  bytes.some((_, at) => equal(bytes.slice(at, at + part.length), part));
