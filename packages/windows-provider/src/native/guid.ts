/**
 * GUIDs as text and as the 16 bytes of memory: the first three groups are little-endian, the last two stand as they are written.
 *
 *   d26bcf6f-b54c-43ff-9f06-d5bf148625f7  =  6f cf 6b d2 · 4c b5 · ff 43 · 9f 06 · d5 bf 14 86 25 f7
 */

const TEXT = /^\{?([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})\}?$/i;
/** The order of the bytes in memory, as places in the text's digits; it is its own inverse. */
const ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];

export const GUID_BYTES = 16;

/** Throws `TypeError` for anything but a GUID, with or without braces: the texts are our own constants. */
export function parseGuid(text: string): Uint8Array {
  const groups = TEXT.exec(text);
  if (groups === null) throw new TypeError(`${text} is no GUID`);
  const digits = Buffer.from(groups.slice(1).join(""), "hex");
  return Uint8Array.from(ORDER, (place) => digits[place] as number);
}

/** Lower case, without braces. */
export function formatGuid(bytes: Uint8Array): string {
  if (bytes.length !== GUID_BYTES) throw new TypeError(`a GUID has ${GUID_BYTES} bytes, not ${bytes.length}`);
  const digits = Buffer.from(ORDER.map((place) => bytes[place] as number)).toString("hex");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
