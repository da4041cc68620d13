/**
 * What a KDBX database makes of a password: Argon2d, Argon2id or many rounds of AES, with the parameters that stand in its header as a
 * dictionary {type u8, name, value}… Bounds are ours.
 */
import { concatBytes } from "../bytes/concat.ts";
import { decodeUtf8 } from "../bytes/text.ts";
import { VaultError } from "../errors.ts";
import type { FileCrypto } from "./file-crypto.ts";
import { LittleReader } from "./little-reader.ts";

const DICTIONARY_VERSION = 1;
const KINDS: Readonly<Record<string, "argon2d" | "argon2id" | "aes">> = {
  ef636ddf8c29444b91f7a9a403e30a0c: "argon2d",
  "9e298b1956db4773b23dfc3ec6f0a1e6": "argon2id",
  "7c02bb8279a74ac0927d114a00648238": "aes",
  c9d9f39a628a4460bf740d08c18a4fea: "aes",
};
const MAX_MEMORY_KIB = 1024 * 1024;
const MAX_PASSES = 100;
/** Memory times passes, in KiB: some ten seconds. */
const MAX_WORK = 16 * 1024 * 1024;
const MAX_PARALLELISM = 16;
const MAX_ROUNDS = 100_000_000;
const ARGON2_VERSION = 0x13;

const fail = (what: string): never => {
  throw new VaultError("LK-IMPORT-DAMAGED", `database's key ${what}`);
};

/** 32 bytes. Throws `LK-IMPORT-KDF`, `LK-IMPORT-DAMAGED`. */
export function deriveKdbxKey(
  dictionary: Uint8Array,
  composite: Uint8Array,
  crypto: FileCrypto,
): Promise<Uint8Array> {
  const values = readDictionary(dictionary);
  const number = (name: string): number => {
    const bytes = values.get(name);
    return bytes === undefined ? -1 : new LittleReader(bytes, fail).uint(Math.min(bytes.length, 8));
  };
  const salt = values.get("S") ?? fail("has no salt");
  const id = Array.from(values.get("$UUID") ?? [], (byte) => byte.toString(16).padStart(2, "0")).join("");
  const kind = Object.hasOwn(KINDS, id) ? KINDS[id] : undefined;
  if (kind === undefined) throw new VaultError("LK-IMPORT-KDF", "database's key is derived in no known way");
  if (kind === "aes") return deriveAes(composite, salt, checkCost("rounds", number("R"), MAX_ROUNDS), crypto);
  const memoryKiB = checkCost("memory", Math.floor(number("M") / 1024), MAX_MEMORY_KIB);
  const passes = checkCost("passes", number("I"), MAX_PASSES);
  checkCost("work", memoryKiB * passes, MAX_WORK);
  const parallelism = checkCost("parallelism", number("P"), MAX_PARALLELISM);
  if (number("V") !== ARGON2_VERSION || values.has("K") || values.has("A"))
    throw new VaultError("LK-IMPORT-KDF", "database's key is derived in no known way");
  return crypto.argon2(composite, salt, { kind, memoryKiB, passes, parallelism });
}

async function deriveAes(
  composite: Uint8Array,
  seed: Uint8Array,
  rounds: number,
  crypto: FileCrypto,
): Promise<Uint8Array> {
  if (seed.length !== 32) fail("has no salt");
  const halves = [composite.subarray(0, 16), composite.subarray(16)];
  const [left, right] = await Promise.all(halves.map((half) => crypto.iterateAes(seed, half, rounds)));
  return crypto.sha256(concatBytes(left as Uint8Array, right as Uint8Array));
}

function checkCost(name: string, value: number, max: number): number {
  if (value >= 1 && value <= max) return value;
  throw new VaultError("LK-IMPORT-KDF", `${name} of the database's key is ${value}, 1 to ${max} expected`);
}

function readDictionary(bytes: Uint8Array): Map<string, Uint8Array> {
  const reader = new LittleReader(bytes, fail);
  const values = new Map<string, Uint8Array>();
  reader.uint(1);
  if (reader.uint(1) !== DICTIONARY_VERSION) fail("has parameters of another version");
  for (;;) {
    const type = reader.uint(1);
    if (type === 0) return values;
    const name = decodeName(reader.take(reader.uint(4)));
    values.set(name, reader.take(reader.uint(4)));
  }
}

function decodeName(bytes: Uint8Array): string {
  try {
    return decodeUtf8(bytes);
  } catch {
    return fail("has a parameter without a name");
  }
}
