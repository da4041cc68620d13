/** What a package is, written beside its JavaScript when it is made: the program reads there which channel it belongs to. */
import { readFileSync } from "node:fs";
import { type Channel, type ChannelName, CHANNELS } from "../channel.ts";

export const PRODUCT_FILE = "product.json";

export interface Product {
  readonly channel: Channel;
  readonly version: string;
}

export function renderProduct({ channel, version }: Product): string {
  const [name] = Object.entries(CHANNELS).find(([, { clsidText }]) => clsidText === channel.clsidText) ?? [];
  if (name === undefined) throw new TypeError(`${channel.name} is no channel`);
  return `${JSON.stringify({ channel: name, version })}\n`;
}

/** Throws `TypeError` for a file that no package has. */
export function readProduct(file: URL): Product {
  const { channel, version } = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  if (!Object.hasOwn(CHANNELS, channel as string) || typeof version !== "string") {
    throw new TypeError(`${PRODUCT_FILE} names no channel`);
  }
  return { channel: CHANNELS[channel as ChannelName], version };
}
