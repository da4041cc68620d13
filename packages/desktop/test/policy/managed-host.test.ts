/** A vault on a machine that an organization manages: what `status` says, which relay it uses, and that it locks itself. */
import { join } from "node:path";
import { readPolicyValues } from "@latchkey/core/policy/policy";
import { type NodeRelay, startRelay } from "@latchkey/sync-relay/hosts/node";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { JsonObject } from "@latchkey/device-host/json";
import { main } from "../../src/cli/main.ts";
import { ServedVault } from "../../src/loopback/served-vault.ts";
import { foundHost, makeFolder, until, withPassphrase } from "../host/hosts.ts";

const policyOf = (values: Readonly<Record<string, unknown>>) => readPolicyValues(values, "policy.json");
/** What runs beside the vault may be in the middle of something when a test closes it. */
const ignore = (): void => {};

describe("a managed machine", () => {
  let folder: ReturnType<typeof makeFolder>;
  let path: string;
  beforeEach(() => {
    folder = makeFolder();
    path = join(folder.path, "vault.latchkey");
  });
  afterEach(() => folder.remove());

  async function status(values: Readonly<Record<string, unknown>>, ...options: string[]): Promise<string> {
    await (await foundHost(path, "Desk", [])).close();
    let printed = "";
    const code = await main({
      args: ["status", "--vault", path, ...options],
      env: {},
      stdout: { write: (text: string) => ((printed += text), true) },
      stderr: { write: () => true },
      interruption: new AbortController().signal,
      policy: policyOf(values),
    });
    expect(code).toBe(0);
    return printed;
  }

  test("says in status what is managed by the organization, and what of it does not count", async () => {
    const text = await status({ AutoLockMinutes: 5, ForceRelay: "somewhere", Unheard: 1 });
    expect(text).toMatch(/managed +by your organization: the vault locks .*\(AutoLockMinutes\)/);
    expect(text).toMatch(/policy problem +policy\.json sets "Unheard", which this version does not know/);
    expect(text).toMatch(/policy problem +policy\.json sets ForceRelay to what is not a relay's address/);
  });

  test("says in status that the recovery page is overdue, where it is to be made or tested", async () => {
    expect(await status({ MaxPageAgeDays: 30, MaxDrillAgeDays: 30 })).not.toMatch(/overdue/);
    const served = new ServedVault(path, false, ignore, {
      system: null,
      policy: policyOf({ MaxPageAgeDays: 30, MaxDrillAgeDays: 30 }),
    });
    try {
      await served.services.host.unlock(withPassphrase());
      const channel = { tell: ignore, ask: async () => "", signal: new AbortController().signal };
      expect(await served.call("status", {}, channel)).toMatchObject({
        overdue: ["MaxPageAgeDays", "MaxDrillAgeDays"],
      });
    } finally {
      await served.close();
    }
  });

  test("says the same to programs, and nothing where nothing is set", async () => {
    expect(JSON.parse(await status({ DisableProvider: 1 }, "--json"))).toMatchObject({
      managed: ["DisableProvider"],
      policyProblems: [],
    });
    folder.remove();
    folder = makeFolder();
    path = join(folder.path, "vault.latchkey");
    expect(await status({})).not.toMatch(/managed|policy/);
  });

  test("locks the vault that nobody used, though its host goes on", async () => {
    await (await foundHost(path, "Desk", [])).close();
    const served = new ServedVault(path, false, ignore, {
      system: null,
      policy: policyOf({ AutoLockMinutes: 1 }),
    });
    const { host } = served.services;
    try {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
      await host.unlock(withPassphrase());
      await host.device();
      expect(host.isOpen).toBe(true);
      vi.advanceTimersByTime(60_000);
      vi.useRealTimers();
      await until(() => !host.isOpen);
    } finally {
      vi.useRealTimers();
      await served.close();
    }
  });

  test("refuses what is forbidden, by name, and changes nothing", async () => {
    await (await foundHost(path, "Desk", ["https://own.example"])).close();
    const policy = policyOf({
      ForceRelay: "https://forced.example",
      ForbidAddingDevices: 1,
      RequireSecondDevice: 1,
    });
    const served = new ServedVault(path, false, ignore, { system: null, policy });
    const channel = { tell: ignore, ask: async () => "correct horse", signal: new AbortController().signal };
    const call = (name: string, params: JsonObject) => served.call(name, params, channel);
    try {
      await served.services.host.unlock(withPassphrase());
      for (const [name, params] of [
        ["relay.add", { address: "https://other.example" }],
        ["relay.remove", { origin: "https://own.example" }],
        ["device.add", { words: true }],
        ["settings.approval", { mode: "at-once" }],
      ] as const) {
        await expect(call(name, params), name).rejects.toMatchObject({ code: "LK-POLICY-FORBIDDEN" });
      }
      expect(await call("relay.add", { address: "https://forced.example" })).toMatchObject({
        changed: true,
        relays: ["https://forced.example", "https://own.example"],
      });
    } finally {
      await served.close();
    }
  });

  test("syncs through the relay that is forced, and not through the vault's own", async () => {
    const start = (name: string): Promise<NodeRelay> =>
      startRelay({
        admission: { mode: "open" },
        file: join(folder.path, name),
        host: "127.0.0.1",
        port: 0,
      });
    const [own, forced] = await Promise.all([start("own.sqlite"), start("forced.sqlite")]);
    try {
      await (await foundHost(path, "Desk", [own.origin])).close();
      const policy = policyOf({ ForceRelay: forced.origin });
      const served = new ServedVault(path, false, ignore, { system: null, policy });
      try {
        const { host, relays } = served.services;
        await host.unlock(withPassphrase());
        await host.device();
        expect(await relays?.whenSettled(AbortSignal.timeout(20_000))).toBe(true);
        expect(relays?.statuses().map(({ origin }) => origin)).toEqual([forced.origin]);
        // What the vault lists for its other devices is as it was.
        expect((await host.device()).relays().map(({ origin }) => origin)).toEqual([own.origin]);
      } finally {
        await served.close();
      }
    } finally {
      await Promise.all([own.close(), forced.close()]);
    }
  });
});
