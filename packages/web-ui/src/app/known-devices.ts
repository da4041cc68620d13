/**
 * Which devices the person has seen in this browser, so that one which another device added is told of once (experience.md § 7, U3). Kept by
 * this device's own id; ids are the beginnings of public ones and say nothing. What was there at the beginning is known.
 */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { VaultModel } from "../model/vault-model.ts";
import type { DeviceView } from "../model/vault-view.ts";

export interface KnownDevices {
  /** Added from another device than this one, and not seen yet. */
  readonly unseen: ReadonlySignal<readonly DeviceView[]>;
  markSeen(id: string): void;
}

const keyOf = (own: DeviceView): string => `latchkey-known-devices-${own.id}`;

export function createKnownDevices(model: VaultModel, storage: Storage): KnownDevices {
  /** Rises with each change of what is stored. */
  const version = signal(0);

  function read(own: DeviceView): ReadonlySet<string> {
    const stored = storage.getItem(keyOf(own));
    const ids = stored ?? model.devices.value.map(({ id }) => id).join(" ");
    if (stored === null) storage.setItem(keyOf(own), ids);
    return new Set(ids.split(" "));
  }
  const findOwn = (): DeviceView | undefined => model.devices.value.find(({ thisDevice }) => thisDevice);

  const unseen = computed(() => {
    void version.value;
    const own = findOwn();
    if (own === undefined) return [];
    const known = read(own);
    return model.devices.value.filter(({ id, addedBy }) => !known.has(id) && addedBy !== own.name);
  });

  return {
    unseen,
    markSeen(id) {
      const own = findOwn();
      if (own === undefined) return;
      storage.setItem(keyOf(own), [...read(own), id].join(" "));
      version.value++;
    },
  };
}
