/** Which new devices a person is told of: those that another device added since the beginning, once. */
import { describe, expect, test } from "vitest";
import { createKnownDevices } from "../../src/app/known-devices.ts";
import { createLiveModel } from "../../src/model/live-model.ts";
import type { DeviceView } from "../../src/model/vault-view.ts";

const device = (id: string, given: Partial<DeviceView> = {}): DeviceView => ({
  id,
  name: id,
  platform: "Linux",
  thisDevice: false,
  addedOn: "2026-11-22",
  addedBy: "laptop",
  lastHeardAt: null,
  waitingForIt: 0,
  probation: null,
  livesTwice: false,
  ...given,
});
const own = device("desk", { thisDevice: true, addedBy: null });

function createStorage(): Storage {
  const rows = new Map<string, string>();
  return {
    getItem: (key: string) => rows.get(key) ?? null,
    setItem: (key: string, value: string) => void rows.set(key, value),
  } as unknown as Storage;
}

function make(storage = createStorage()) {
  const model = createLiveModel();
  const known = createKnownDevices(model, storage);
  const show = (...devices: readonly DeviceView[]): string[] => {
    model.apply({ type: "place", phase: "open", machine: "", methods: [] });
    model.apply({
      type: "vault",
      facts: null as never,
      devices,
      mailboxes: [],
      whole: true,
      changed: [],
      removed: [],
    });
    return known.unseen.value.map(({ id }) => id);
  };
  return { known, show, storage };
}

describe("a device", () => {
  test("that was there at the beginning is known", () => {
    expect(make().show(own, device("laptop"))).toEqual([]);
  });

  test("that another one added is told of, until it is known, here and after a restart", () => {
    const { known, show, storage } = make();
    show(own, device("laptop"));
    expect(show(own, device("laptop"), device("tablet"))).toEqual(["tablet"]);
    known.markSeen("tablet");
    expect(known.unseen.value).toEqual([]);
    expect(make(storage).show(own, device("laptop"), device("tablet"))).toEqual([]);
  });

  test("that this one added needs no telling", () => {
    const { show } = make();
    show(own);
    expect(show(own, device("tablet", { addedBy: "desk" }))).toEqual([]);
  });

  test("is not told of before this one is a member itself", () => {
    const { show } = make();
    expect(show(device("laptop"))).toEqual([]);
    expect(show(device("laptop"), own)).toEqual([]);
  });
});
