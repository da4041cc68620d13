/** The relay on the local network, here on the loopback with announcements handed over by hand: whose relay is dialled, and what a lock ends. */
import { join } from "node:path";
import type { LanAnnouncement } from "@latchkey/core/device/lan-announcement";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type RelayService, startRelayService } from "@latchkey/device-host/relay-service";
import type { VaultHost } from "../../src/host/vault-host.ts";
import { findAddress, type LanRelay, startLanRelay } from "../../src/lan/lan-relay.ts";
import { foundHost, makeFolder, until, withPassphrase } from "../host/hosts.ts";

const fail = (fault: unknown): never => {
  throw fault;
};

/** A vault with its relay on the network, and what it announced. */
interface Station {
  readonly host: VaultHost;
  readonly relays: RelayService;
  readonly lan: LanRelay;
  readonly announced: LanAnnouncement[];
  hear(announcement: LanAnnouncement): void;
}

let folder: ReturnType<typeof makeFolder>;
let stations: Station[];
beforeEach(() => {
  folder = makeFolder();
  stations = [];
});
afterEach(async () => {
  for (const { host, relays, lan } of stations) {
    await lan.close();
    relays.stop();
    await host.close();
  }
  folder.remove();
});

async function startStation(name: string): Promise<Station> {
  const host = await foundHost(join(folder.path, name), name, []);
  const relays = startRelayService(host, fail);
  const announced: LanAnnouncement[] = [];
  let hear: (announcement: LanAnnouncement) => void = () => {};
  const lan = await startLanRelay({
    host,
    relays,
    address: "127.0.0.1",
    reportFault: fail,
    join(_, onFound) {
      hear = onFound;
      return { announce: (announcement) => void announced.push(announcement), close: async () => {} };
    },
  });
  const station = { host, relays, lan, announced, hear: (each: LanAnnouncement) => hear(each) };
  stations.push(station);
  return station;
}

describe("the address", () => {
  const at = (address: string, internal = false) => [
    { address, internal, family: "IPv4" as const, netmask: "", mac: "", cidr: null },
  ];

  test.for<[string, Parameters<typeof findAddress>[0], string]>([
    [
      "is one of a local network",
      { lo: at("127.0.0.1", true), eth0: at("203.0.113.7"), wlan0: at("192.168.1.5") },
      "192.168.1.5",
    ],
    ["is rather of a real interface", { docker0: at("172.17.0.1"), eth0: at("10.0.0.4") }, "10.0.0.4"],
    ["is of what there is", { "br-1": at("172.18.0.1") }, "172.18.0.1"],
  ])("%s", ([, interfaces, expected]) => {
    expect(findAddress(interfaces)).toBe(expected);
  });

  test("has to be there", () => {
    expect(() => findAddress({ lo: at("127.0.0.1", true), eth0: at("203.0.113.7") })).toThrowError(
      expect.objectContaining({ code: "LK-RELAY-CONFIG" }),
    );
  });
});

describe("a relay on the local network", () => {
  test("is announced while the vault is open, and the vault itself syncs with it", async () => {
    const { host, relays, lan, announced } = await startStation("desk");
    expect(announced).toEqual([]);
    await host.unlock(withPassphrase());
    await until(() => relays.statuses().some(({ state }) => state === "settled"));
    expect(relays.nearby.map(({ origin }) => origin)).toEqual([lan.origin]);
    expect(announced.map(({ origin }) => origin)).toEqual([lan.origin]);
    await host.lock();
    expect(relays.nearby).toEqual([]);
    await host.unlock(withPassphrase());
    await until(() => announced.length === 2);
    expect(announced[0]?.salt).not.toEqual(announced[1]?.salt);
  });

  test("of another vault, or under a tag that somebody repeats, is not dialled", async () => {
    const [desk, stranger] = [await startStation("desk"), await startStation("stranger")];
    for (const { host, relays } of [desk, stranger]) {
      await host.unlock(withPassphrase());
      await until(() => relays.nearby.length === 1);
    }
    await until(() => desk.announced.length === 1 && stranger.announced.length === 1);
    const [theirs, ours] = [stranger.announced[0]!, desk.announced[0]!];
    desk.hear(theirs);
    desk.hear({ ...ours, origin: theirs.origin });
    expect(desk.relays.nearby.map(({ origin }) => origin)).toEqual([desk.lan.origin]);
  });

  test("lets nobody make a room who is of another vault", async () => {
    const [desk, stranger] = [await startStation("desk"), await startStation("stranger")];
    await stranger.host.unlock(withPassphrase());
    await until(() => stranger.relays.statuses().some(({ state }) => state === "settled"));
    stranger.relays.setNearby([{ origin: desk.lan.origin, token: null }]);
    await until(() => stranger.relays.statuses().some(({ problem }) => problem !== null));
    expect(stranger.relays.statuses()).toMatchObject([
      { origin: desk.lan.origin, problem: "LK-RELAY-ADMISSION" },
    ]);
  });

  test.for(["8.8.8.8", "relay.example", "0.0.0.0"])("is not served at %s", async (address) => {
    const host = await foundHost(join(folder.path, "desk"), "desk", []);
    const relays = startRelayService(host, fail);
    try {
      const starting = startLanRelay({ host, relays, address, reportFault: fail });
      await expect(starting).rejects.toMatchObject({ code: "LK-RELAY-CONFIG" });
    } finally {
      relays.stop();
      await host.close();
    }
  });
});
