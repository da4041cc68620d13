/**
 * Two desktops on one cable, without the internet: they pair by the address in the invitation, find one another by mDNS, and sync both ways.
 * Real programs in network namespaces; where these cannot be made the test does not run, and in CI that is a failure.
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createLineReader, Home, type Json, jsonOf, PASSPHRASE, register } from "../commands/program.ts";
import { type Cable, canMakeNamespaces, makeCable } from "./namespaces.ts";

const OWN = "laptop's own";
const event = (name: string) => (line: Json) => line["event"] === name;
const mustRun = process.env["CI"] === "true";

describe.skipIf(!mustRun && !canMakeNamespaces())("two desktops without the internet", () => {
  let cable: Cable;
  let desk: Home;
  let laptop: Home;
  beforeEach(() => {
    cable = makeCable();
    [desk, laptop] = [new Home(cable.prefixes[0]), new Home(cable.prefixes[1])];
  });
  afterEach(() => {
    for (const home of [desk, laptop]) home.remove();
    cable.remove();
  });

  /** `latchkey up --lan`; resolves with its address when the vault is open. */
  async function serve(home: Home, passphrase: string): Promise<string> {
    const read = createLineReader(home.start(["up", "--lan", "--json"], [passphrase]));
    const { origin } = await read(event("lan"));
    await expect
      .poll(async () => jsonOf(await home.run(["status", "--json"]))["state"], { timeout: 30_000 })
      .toBe("open");
    return origin as string;
  }

  const titleOn = async (home: Home): Promise<unknown> =>
    jsonOf(await home.run(["passkey", "show", "example.org", "--json=title"]))["title"];

  test("pair, find one another, and sync both ways, also after the cable was out", async () => {
    expect([cable.reachesBeyond(0), cable.reachesBeyond(1)]).toEqual([false, false]);
    await desk.found((host) => register(host, "example.org", "ana"));
    const origin = await serve(desk, PASSPHRASE);
    expect(origin).toMatch(/^http:\/\/10\.77\.0\.1:\d+$/);

    const adding = desk.start(["device", "add", "--json", "--code-stdin"], [PASSPHRASE, PASSPHRASE]);
    const fromDesk = createLineReader(adding);
    const { text } = await fromDesk(event("invitation"));
    const joining = laptop.start(["device", "join", "--json", "--name", "Laptop"], [OWN]);
    joining.stdin?.end(`${text as string}\n`);
    const fromLaptop = createLineReader(joining);
    const { code } = await fromLaptop(event("code"));
    adding.stdin?.end(`${code as string}\n`);
    expect(await fromLaptop((line) => line["event"] === undefined)).toMatchObject({ ok: true, passkeys: 1 });

    // The invitation is used up, and the vault names no relay: from here on it is mDNS.
    expect(await serve(laptop, OWN)).toMatch(/^http:\/\/10\.77\.0\.2:\d+$/);
    const relaysOf = async (home: Home) =>
      (jsonOf(await home.run(["status", "--json"]))["relays"] as { state: string; nearby: boolean }[]).map(
        ({ state, nearby }) => [state, nearby],
      );
    for (const home of [desk, laptop]) {
      await expect
        .poll(() => relaysOf(home), { timeout: 45_000, interval: 250 })
        .toEqual([
          ["settled", true],
          ["settled", true],
        ]);
    }
    await desk.run(["passkey", "rename", "example.org", "from Desk"]);
    await expect.poll(() => titleOn(laptop), { timeout: 20_000 }).toBe("from Desk");
    await laptop.run(["passkey", "rename", "example.org", "from Laptop"]);
    await expect.poll(() => titleOn(desk), { timeout: 20_000 }).toBe("from Laptop");

    cable.plug(false);
    await desk.run(["passkey", "rename", "example.org", "apart"]);
    cable.plug(true);
    await desk.run(["sync", "now"]);
    await expect.poll(() => titleOn(laptop), { timeout: 90_000, interval: 500 }).toBe("apart");

    // A change of keys is a new room, made and found here too.
    const rotated = await desk.open("vault", "rotate", "--json");
    expect(jsonOf(rotated)).toMatchObject({ ok: true, epoch: 2 });
    await desk.run(["passkey", "rename", "example.org", "after"]);
    await expect.poll(() => titleOn(laptop), { timeout: 90_000, interval: 500 }).toBe("after");
    await laptop.run(["passkey", "rename", "example.org", "and back"]);
    await expect.poll(() => titleOn(desk), { timeout: 90_000, interval: 500 }).toBe("and back");
  }, 240_000);
});
