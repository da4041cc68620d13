/** Whose address a request counts for: the peer's, or what a proxy that was named says (relay.md § 10). */
import { roomSocketUrl } from "@latchkey/core/relay-protocol";
import { describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { isInside, readClientAddress, readNetwork } from "../src/address.ts";
import { readConfig } from "../src/config.ts";
import { makeRoom, startTestRelay } from "./rig.ts";

const PROXIES = "10.0.0.0/8, 192.0.2.10, fd00::/8";
const { proxies } = readConfig({ LATCHKEY_RELAY_TRUSTED_PROXIES: PROXIES });

describe("the client's address", () => {
  test.for<[string, string, string | undefined, string]>([
    ["no proxy: whatever the header says", "198.51.100.1", "203.0.113.9", "198.51.100.1"],
    ["a proxy without a header", "10.1.2.3", undefined, "10.1.2.3"],
    ["a proxy with one address", "10.1.2.3", "203.0.113.9", "203.0.113.9"],
    [
      "a proxy, and a client that wrote an address of its own",
      "10.1.2.3",
      "198.51.100.7, 203.0.113.9",
      "203.0.113.9",
    ],
    ["two proxies in a row", "10.1.2.3", "203.0.113.9, 192.0.2.10", "203.0.113.9"],
    ["proxies alone", "10.1.2.3", "10.9.9.9, 192.0.2.10", "10.9.9.9"],
    ["IPv6 behind a proxy of IPv6", "fd12::1", "2001:db8::5", "2001:db8::5"],
    ["IPv6 in brackets with a port", "10.1.2.3", "[2001:db8::5]:443", "2001:db8::5"],
    ["IPv4 with a port", "10.1.2.3", "203.0.113.9:4444", "203.0.113.9"],
    ["a proxy of IPv4 in IPv6", "::ffff:10.1.2.3", "203.0.113.9", "203.0.113.9"],
    ["nonsense", "10.1.2.3", "unknown", "10.1.2.3"],
    ["nonsense left of a proxy", "10.1.2.3", "203.0.113.9, _hidden, 10.4.4.4", "10.4.4.4"],
    ["an address that is none", "10.1.2.3", "999.1.1.1", "10.1.2.3"],
    ["a header without an end", "10.1.2.3", `${"203.0.113.1, ".repeat(500)}203.0.113.9`, "203.0.113.9"],
  ])("%s", ([, peer, header, address]) => {
    expect(
      readClientAddress(peer, (name) => (name === "x-forwarded-for" ? header : undefined), proxies),
    ).toBe(address);
  });

  test("is what the named header says, and of that the last word", () => {
    const named = readConfig({
      LATCHKEY_RELAY_TRUSTED_PROXIES: PROXIES,
      LATCHKEY_RELAY_ADDRESS_HEADER: "Fly-Client-IP",
    }).proxies;
    const read = (peer: string, value: string): string =>
      readClientAddress(peer, (name) => (name === "fly-client-ip" ? value : "198.51.100.1"), named);
    expect(read("10.1.2.3", "203.0.113.9")).toBe("203.0.113.9");
    expect(read("10.1.2.3", "10.7.7.7")).toBe("10.7.7.7");
    expect(read("10.1.2.3", "x")).toBe("10.1.2.3");
    expect(read("198.51.100.1", "203.0.113.9")).toBe("198.51.100.1");
  });
});

describe("a network", () => {
  test.for<[string, string, boolean]>([
    ["192.0.2.0/24", "192.0.2.255", true],
    ["192.0.2.0/24", "192.0.3.0", false],
    ["192.0.2.128/25", "192.0.2.127", false],
    ["192.0.2.1", "192.0.2.1", true],
    ["0.0.0.0/0", "8.8.8.8", true],
    ["0.0.0.0/0", "::1", false],
    ["2001:db8::/33", "2001:db8:7fff::1", true],
    ["2001:db8::/33", "2001:db8:8000::1", false],
    ["::1", "::1", true],
  ])("%s has %s: %s", ([network, address, inside]) => {
    expect(isInside(address, readNetwork(network)!)).toBe(inside);
  });

  test.each(["", "10.0.0.0/33", "10.0.0/8", "fd00::/129", "10.0.0.0/8/8", "10.0.0.0/x", "localhost"])(
    "%j is none",
    (text) => {
      expect(readNetwork(text)).toBeNull();
    },
  );
});

describe("a relay behind a proxy", () => {
  /** How an upgrade is answered that says where it was forwarded from. */
  const upgrade = (address: string, forwarded: string): Promise<number> =>
    new Promise((resolve) => {
      const socket = new WebSocket(roomSocketUrl(address, makeRoom().id), {
        headers: { "x-forwarded-for": forwarded },
      });
      socket.on("error", () => undefined);
      socket.on("upgrade", ({ statusCode }) => {
        resolve(statusCode ?? 0);
        socket.terminate();
      });
      socket.on("unexpected-response", (_request, { statusCode }) => resolve(statusCode ?? 0));
    });

  test("counts each client for itself when the proxy is named, and for the proxy when it is not", async () => {
    const limits = { upgradeBurst: 1, upgradesPerMinute: 0 };
    const trusting = { proxies: readConfig({ LATCHKEY_RELAY_TRUSTED_PROXIES: "127.0.0.0/8" }).proxies };
    const statusOf = async (options: object): Promise<number[]> => {
      const { address } = await startTestRelay(limits, options);
      const statuses: number[] = [];
      for (const client of ["203.0.113.1", "203.0.113.2", "203.0.113.1"])
        statuses.push(await upgrade(address, client));
      return statuses;
    };
    expect(await statusOf(trusting)).toEqual([101, 101, 429]);
    expect(await statusOf({})).toEqual([101, 429, 429]);
  });

  test("warns once when it does not trust who forwards, because then all share one bucket", async () => {
    const relay = await startTestRelay();
    await upgrade(relay.address, "203.0.113.1");
    await upgrade(relay.address, "203.0.113.2");
    const warnings = relay.lines.filter((line) => line.includes("proxy-not-trusted"));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).not.toContain("203.0.113");
  });
});
