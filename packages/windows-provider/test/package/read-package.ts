/**
 * A reader of packages that shares no code with the writer: from the end records to each file, every 64 KiB block inflated alone and
 * compared with the block map. Throws on anything that the format does not have in it.
 */
import { createHash } from "node:crypto";
import { crc32, inflateRawSync } from "node:zlib";

const BLOCK = 64 * 1024;
/** Files that the block map says nothing of. */
const UNMAPPED = new Set(["AppxBlockMap.xml", "[Content_Types].xml", "AppxSignature.p7x"]);

export function readPackage(bytes: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const raw = new Map<
    string,
    { readonly compressed: Buffer; readonly data: Buffer; readonly header: number }
  >();
  for (const { name, at, method, size, length, crc } of readDirectory(bytes)) {
    if (bytes.readUInt32LE(at) !== 0x04034b50) throw new Error(`${name} has no header`);
    const header = 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28);
    const compressed = bytes.subarray(at + header, at + header + size);
    const data = method === 0 ? compressed : inflateRawSync(compressed);
    if (data.length !== length || crc32(data) !== crc) throw new Error(`${name} is damaged`);
    files.set(decodeURIComponent(name), data);
    raw.set(decodeURIComponent(name), { compressed, data, header });
  }
  const map = files.get("AppxBlockMap.xml")?.toString("utf8") ?? "";
  const mapped = new Set<string>();
  for (const [, attributes = "", inner = ""] of map.matchAll(
    /<File ([^>]*[^/>])(?:\/>|>([\s\S]*?)<\/File>)/g,
  )) {
    const name = attribute(attributes, "Name").replaceAll("\\", "/");
    const file = raw.get(name);
    if (file === undefined) throw new Error(`the block map names ${name}`);
    mapped.add(name);
    if (file.data.length !== Number(attribute(attributes, "Size")))
      throw new Error(`${name} has another size`);
    if (file.header !== Number(attribute(attributes, "LfhSize")))
      throw new Error(`${name} has another header`);
    checkBlocks(name, file, inner);
  }
  for (const name of files.keys()) {
    if (!mapped.has(name) && !UNMAPPED.has(name)) throw new Error(`${name} is not in the block map`);
  }
  return files;
}

function checkBlocks(
  name: string,
  file: { readonly compressed: Buffer; readonly data: Buffer },
  blocks: string,
): void {
  let [from, at] = [0, 0];
  for (const [, attributes = ""] of blocks.matchAll(/<Block ([^>]*)\/>/g)) {
    const size = Number(attribute(attributes, "Size"));
    const block = inflateRawSync(file.compressed.subarray(from, from + size), { finishFlush: 2 });
    if (!block.equals(file.data.subarray(at, at + BLOCK))) throw new Error(`${name}: a block is not its own`);
    const hash = createHash("sha256").update(block).digest("base64");
    if (hash !== attribute(attributes, "Hash")) throw new Error(`${name}: a block has another hash`);
    from += size;
    at += block.length;
  }
  if (at !== file.data.length) throw new Error(`${name}: blocks are missing`);
}

function* readDirectory(bytes: Buffer) {
  const end = bytes.lastIndexOf(Buffer.from("PK\x05\x06", "latin1"));
  const locator = end - 20;
  if (bytes.toString("latin1", locator, locator + 4) !== "PK\x06\x07") throw new Error("no ZIP64");
  const record = Number(bytes.readBigUInt64LE(locator + 8));
  const count = Number(bytes.readBigUInt64LE(record + 32));
  let at = Number(bytes.readBigUInt64LE(record + 48));
  for (let index = 0; index < count; index++) {
    if (bytes.toString("latin1", at, at + 4) !== "PK\x01\x02") throw new Error("no central header");
    const nameLength = bytes.readUInt16LE(at + 28);
    const extra = bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
    yield {
      name: bytes.toString("utf8", at + 46, at + 46 + nameLength),
      method: bytes.readUInt16LE(at + 10),
      crc: bytes.readUInt32LE(at + 16),
      size: bytes.readUInt32LE(at + 20),
      length: bytes.readUInt32LE(at + 24),
      at: bytes.readUInt32LE(at + 42),
    };
    at += 46 + nameLength + extra;
  }
}

function attribute(text: string, name: string): string {
  const [, value] = new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(text) ?? [];
  if (value === undefined) throw new Error(`no ${name} in ${text}`);
  return value;
}
