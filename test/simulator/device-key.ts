/** The name of a device in the simulator's books: its entry public key in hex, the same in every epoch. */
import { encodeHex } from "@latchkey/core/bytes/text";
import type { Device } from "@latchkey/core/device/device";

export const keyOf = ({ context }: Device): string => encodeHex(context.self.signer.publicKey);
