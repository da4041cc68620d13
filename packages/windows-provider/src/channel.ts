/**
 * Who we are to Windows. A CLSID belongs to one channel for ever: two packages that declare the same would take each other's calls, and
 * Windows keeps the registration under it. `stable` is the release, `preview` what is tried before.
 */
import { parseGuid } from "./native/guid.ts";

export type ChannelName = "stable" | "preview";

export interface Channel {
  /** Shown in Settings and in the pickers. */
  readonly name: string;
  /** As the manifest writes it: lower case, no braces. */
  readonly clsidText: string;
  readonly clsid: Uint8Array;
}

const makeChannel = (name: string, clsidText: string): Channel => ({
  name,
  clsidText,
  clsid: parseGuid(clsidText),
});

export const CHANNELS: Readonly<Record<ChannelName, Channel>> = {
  stable: makeChannel("Latchkey", "7d3f0c52-9a1e-4b86-8c55-2f64d1be90a7"),
  preview: makeChannel("Latchkey Preview", "c1a86e3b-54d7-4f0a-b2b9-60e73d58f214"),
};
