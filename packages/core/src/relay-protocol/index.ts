/**
 * The relay protocol: all of core that a relay may import, apart from `errors`. It holds formats and bounds, and no key: nothing
 * reachable from here can sign or open anything. (The one index file in the repository; everything else is imported by path.)
 */
export { equalBytes } from "../bytes/equal.ts";
export { encodeBase64url, encodeHex } from "../bytes/text.ts";
export type { Clock, Random } from "../ports.ts";
export * from "./close-codes.ts";
export * from "./description.ts";
export * from "./entry-header.ts";
export * from "./frame-client.ts";
export { sameHash, type Slot } from "./frame-codec.ts";
export * from "./frame-mailbox.ts";
export * from "./frame-relay.ts";
export * from "./frame.ts";
export * from "./handshake.ts";
export * from "./limits.ts";
export * from "./proof-of-work.ts";
export * from "./relay-address.ts";
export * from "./room-id.ts";
