/**
 * Who we are to Windows. A CLSID belongs to one channel for ever: two packages that declare the same would take each other's calls, and
 * Windows keeps the registration under it. The AAGUID tells relying parties the make, and Windows one provider from another. `stable` is the
 * release, `preview` what is tried before.
 */
import { AAGUID } from "@latchkey/core/authenticator/aaguid";
import { decodeHex } from "@latchkey/core/bytes/text";
import { parseGuid } from "./native/guid.ts";

export type ChannelName = "stable" | "preview";

export interface Channel {
  /** Shown in Settings and in the pickers. */
  readonly name: string;
  /** As the manifest writes it: lower case, no braces. */
  readonly clsidText: string;
  readonly clsid: Uint8Array;
  /** In textual order, as authenticator data has it. */
  readonly aaguid: Uint8Array;
}

const makeChannel = (name: string, clsidText: string, aaguid: Uint8Array): Channel => ({
  name,
  clsidText,
  clsid: parseGuid(clsidText),
  aaguid,
});

/** d01f4f0e-5c3c-4e55-9b7d-2a8f6c1be347: drawn at random, as the stable one. */
const PREVIEW_AAGUID = decodeHex("d01f4f0e5c3c4e559b7d2a8f6c1be347") as Uint8Array;

export const CHANNELS: Readonly<Record<ChannelName, Channel>> = {
  stable: makeChannel("Latchkey", "7d3f0c52-9a1e-4b86-8c55-2f64d1be90a7", AAGUID),
  preview: makeChannel("Latchkey Preview", "c1a86e3b-54d7-4f0a-b2b9-60e73d58f214", PREVIEW_AAGUID),
};
