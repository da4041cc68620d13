/**
 * The same database behind Argon2, which keepassxc-cli of Debian 12 opens and does not make: its content is taken out and put in again under another
 * key, here, by node:crypto alone. That the result is right, keepassxc-cli says.
 */
import { argon2Sync, createCipheriv, createDecipheriv, createHash, createHmac } from "node:crypto";

const UUIDS = {
  argon2d: "ef636ddf8c29444b91f7a9a403e30a0c",
  argon2id: "9e298b1956db4773b23dfc3ec6f0a1e6",
} as const;
const MEMORY_KIB = 1024;
const PASSES = 2;
const KEY_DERIVATION = 11;

const sha256 = (...parts: Uint8Array[]): Buffer => createHash("sha256").update(Buffer.concat(parts)).digest();
const sha512 = (...parts: Uint8Array[]): Buffer => createHash("sha512").update(Buffer.concat(parts)).digest();
const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const u64 = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
};
const blockMac = (macKey: Buffer, index: bigint, ...parts: Uint8Array[]): Buffer =>
  createHmac("sha256", sha512(u64(index), macKey))
    .update(Buffer.concat(parts))
    .digest();

interface Field {
  readonly id: number;
  readonly value: Buffer;
}

function readFields(file: Buffer): { readonly fields: Field[]; readonly end: number } {
  const fields: Field[] = [];
  let at = 12;
  for (;;) {
    const id = file[at]!;
    const length = file.readUInt32LE(at + 1);
    fields.push({ id, value: file.subarray(at + 5, at + 5 + length) });
    at += 5 + length;
    if (id === 0) return { fields, end: at };
  }
}

/** A value of a dictionary, whose entries are {type, name length, name, value length, value}. */
function valueOf(dictionary: Buffer, name: string): Buffer {
  const at = dictionary.indexOf(Buffer.concat([u32(name.length), Buffer.from(name)]));
  const start = at + 4 + name.length;
  return dictionary.subarray(start + 4, start + 4 + dictionary.readUInt32LE(start));
}

/** AES of each half over and over: a chain of zeros in CBC mode. */
function deriveAes(composite: Buffer, dictionary: Buffer): Buffer {
  const zeros = Buffer.alloc(Number(valueOf(dictionary, "R").readBigUInt64LE()) * 16);
  const halves = [composite.subarray(0, 16), composite.subarray(16)].map((half) =>
    createCipheriv("aes-256-cbc", valueOf(dictionary, "S"), half).update(zeros).subarray(-16),
  );
  return sha256(...halves);
}

export function putBehindArgon2(file: Buffer, password: string, kind: keyof typeof UUIDS): Buffer {
  const { fields, end } = readFields(file);
  const get = (id: number): Buffer => fields.find((field) => field.id === id)!.value;
  const [seed, iv] = [get(4), get(7)];
  const composite = sha256(sha256(Buffer.from(password)));
  const before = deriveAes(composite, get(KEY_DERIVATION));

  const blocks: Buffer[] = [];
  for (let at = end + 64 + 32; ;) {
    const length = file.readUInt32LE(at);
    if (length === 0) break;
    blocks.push(file.subarray(at + 4, at + 4 + length));
    at += 4 + length + 32;
  }
  const decipher = createDecipheriv("aes-256-cbc", sha256(seed, before), iv);
  const content = Buffer.concat([decipher.update(Buffer.concat(blocks)), decipher.final()]);

  const salt = sha256(Buffer.from("a salt of a test"));
  const entry = (type: number, name: string, value: Buffer): Buffer =>
    Buffer.concat([Buffer.of(type), u32(name.length), Buffer.from(name), u32(value.length), value]);
  const dictionary = Buffer.concat([
    Buffer.of(0, 1),
    entry(0x42, "$UUID", Buffer.from(UUIDS[kind], "hex")),
    entry(0x42, "S", salt),
    entry(0x04, "P", u32(2)),
    entry(0x05, "M", u64(BigInt(MEMORY_KIB * 1024))),
    entry(0x05, "I", u64(BigInt(PASSES))),
    entry(0x04, "V", u32(0x13)),
    Buffer.of(0),
  ]);
  const header = Buffer.concat([
    file.subarray(0, 12),
    ...fields.flatMap(({ id, value }) => {
      const own = id === KEY_DERIVATION ? dictionary : value;
      return [Buffer.of(id), u32(own.length), own];
    }),
  ]);
  const cost = { memory: MEMORY_KIB, passes: PASSES, parallelism: 2, tagLength: 32 };
  const after = argon2Sync(kind, { message: composite, nonce: salt, ...cost });
  const macKey = sha512(seed, after, Buffer.of(1));
  const cipher = createCipheriv("aes-256-cbc", sha256(seed, after), iv);
  const sealed = Buffer.concat([cipher.update(content), cipher.final()]);
  const [first, last] = [u32(sealed.length), u32(0)];
  return Buffer.concat([
    header,
    sha256(header),
    blockMac(macKey, 0xffff_ffff_ffff_ffffn, header),
    blockMac(macKey, 0n, u64(0n), first, sealed),
    first,
    sealed,
    blockMac(macKey, 1n, u64(1n), last),
    last,
  ]);
}
