/** Two hosts on one cable and no other network: network namespaces of Linux, made by a test and taken away by it. Needs root and iproute2. */
import { spawnSync } from "node:child_process";

const ip = (...args: readonly string[]): { ok: boolean; text: string } => {
  const { status, stdout, stderr } = spawnSync("ip", args, { encoding: "utf8" });
  return { ok: status === 0, text: status === 0 ? stdout : stderr };
};

function must(...args: readonly string[]): void {
  const { ok, text } = ip(...args);
  if (!ok) throw new Error(`ip ${args.join(" ")}: ${text}`);
}

export interface Cable {
  /** What runs a program on either host. */
  readonly prefixes: readonly [readonly string[], readonly string[]];
  readonly addresses: readonly [string, string];
  /** Whether the host has a way to anywhere else. */
  reachesBeyond(host: 0 | 1): boolean;
  /** Pulls the cable out, or plugs it in. */
  plug(isIn: boolean): void;
  remove(): void;
}

/** Whether this machine lets us make them. */
export function canMakeNamespaces(): boolean {
  const name = `lk-probe-${process.pid}`;
  if (process.platform !== "linux" || !ip("netns", "add", name).ok) return false;
  return ip("netns", "del", name).ok;
}

export function makeCable(): Cable {
  const names = [`lk-${process.pid}-a`, `lk-${process.pid}-b`] as const;
  const addresses = ["10.77.0.1", "10.77.0.2"] as const;
  const [a, b] = names;
  try {
    for (const name of names) must("netns", "add", name);
    must("link", "add", "cable", "netns", a, "type", "veth", "peer", "name", "cable", "netns", b);
    for (const [i, name] of names.entries()) {
      must("-n", name, "address", "add", `${addresses[i] ?? ""}/24`, "dev", "cable");
      for (const link of ["lo", "cable"]) must("-n", name, "link", "set", link, "up");
      must("-n", name, "route", "add", "224.0.0.0/4", "dev", "cable");
    }
  } catch (error) {
    for (const name of names) ip("netns", "del", name);
    throw error;
  }
  return {
    prefixes: [
      ["ip", "netns", "exec", a],
      ["ip", "netns", "exec", b],
    ],
    addresses,
    reachesBeyond: (host) => ip("-n", names[host], "route", "get", "192.0.2.1").ok,
    plug(isIn) {
      must("-n", a, "link", "set", "cable", isIn ? "up" : "down");
      // Routes go with the link.
      if (isIn) must("-n", a, "route", "replace", "224.0.0.0/4", "dev", "cable");
    },
    remove() {
      for (const name of names) ip("netns", "del", name);
    },
  };
}
