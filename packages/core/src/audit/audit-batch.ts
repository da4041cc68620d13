/**
 * Lines on their way to the other devices: the payload of an entry of kind `audit`, at most once a day and never at the time of what it tells.
 *
 *   payload = [signed line, …]            one device's own, in order, without a gap
 */
import { equalBytes } from "../bytes/equal.ts";
import { type CborValue, encodeCbor } from "../cbor/codec.ts";
import { Fields, readValue } from "../cbor/fields.ts";
import { VaultError } from "../errors.ts";
import { decodeSignedLine, encodeSignedLine, hashLine, isLineSigned, type SignedLine } from "./audit-line.ts";

/** What fits the largest entry with its frame, and leaves room for `seen`. */
const MAX_BATCH_BYTES = 48 * 1024;
const MAX_LINES = 2_048;

export const encodeBatch = (lines: readonly SignedLine[]): CborValue => lines.map(encodeSignedLine);

/** As many of the first lines as one entry takes. */
export function takeBatch(lines: readonly SignedLine[]): readonly SignedLine[] {
  let bytes = 0;
  const end = lines.findIndex((line) => {
    bytes += encodeCbor(encodeSignedLine(line)).length;
    return bytes > MAX_BATCH_BYTES;
  });
  return end < 0 ? lines : lines.slice(0, end);
}

/**
 * The lines of a batch that the device with this entry public key sent. Throws `LK-ENTRY-MALFORMED` unless they are its own, in order and
 * without a gap: a device that sends anything else is not to be believed about the rest of it either.
 */
export function verifyBatch(device: Uint8Array, payload: CborValue): readonly SignedLine[] {
  const lines = readValue("LK-ENTRY-MALFORMED", () =>
    new Fields([payload], "audit payload", 1).list("lines", MAX_LINES, decodeSignedLine),
  );
  lines.forEach((signed, i) => {
    const before = lines[i - 1]?.line;
    const follows =
      before === undefined ||
      (signed.line.number === before.number + 1 && equalBytes(signed.line.prev, hashLine(device, before)));
    if (!follows || !isLineSigned(device, signed))
      throw new VaultError("LK-ENTRY-MALFORMED", `audit line ${signed.line.number} is not its author's next`);
  });
  return lines;
}
