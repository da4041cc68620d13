/** The model as messages come: what changes, what stays, and that nothing of a vault is left when it is not open. */
import { describe, expect, test } from "vitest";
import type { VaultMessage } from "../../src/link/app-message.ts";
import { createLiveModel } from "../../src/model/live-model.ts";
import type { VaultFacts } from "../../src/model/vault-view.ts";
import { passkey } from "../passkeys.ts";

const facts: VaultFacts = {
  recovery: null,
  probation: null,
  approval: { mode: "at-once", minutes: 0, wish: null },
  intents: [],
  lost: [],
  device: "Desk",
  fingerprint: "a b c d e f",
  entries: 1,
  waiting: 0,
  refused: 0,
  missing: 0,
  damagedEntries: 0,
  snapshotDamaged: false,
};
const message = (given: Partial<VaultMessage>): VaultMessage => ({
  type: "vault",
  facts,
  devices: [],
  mailboxes: [],
  whole: false,
  changed: [],
  removed: [],
  ...given,
});
const open = { type: "place", phase: "open", machine: "vm", methods: [] } as const;

describe("the model", () => {
  test("takes what changed and what is gone, and keeps the rest as it is", () => {
    const model = createLiveModel();
    const [a, b, c] = [passkey(), passkey(), passkey()];
    model.apply(open);
    model.apply(message({ whole: true, changed: [a, b, c] }));
    const next = { ...b, title: "new" };
    model.apply(message({ changed: [next], removed: [c.id] }));
    expect(model.passkeys.value).toEqual([a, next]);
    expect(model.passkeys.value[0]).toBe(a);
  });

  test("does not touch the list when no passkey changed", () => {
    const model = createLiveModel();
    model.apply(open);
    model.apply(message({ whole: true, changed: [passkey()] }));
    const before = model.passkeys.value;
    model.apply(message({ facts: { ...facts, entries: 2 } }));
    expect(model.passkeys.value).toBe(before);
    expect(model.facts.value?.entries).toBe(2);
  });

  test.each(["locked", "no-vault"] as const)("keeps nothing of the vault when it is %s", (phase) => {
    const model = createLiveModel();
    model.apply(open);
    model.apply(message({ whole: true, changed: [passkey()] }));
    model.apply({ ...open, phase });
    expect([model.passkeys.value, model.devices.value, model.mailboxes.value, model.facts.value]).toEqual([
      [],
      [],
      [],
      null,
    ]);
  });

  test("keeps nothing of the vault when the host is gone", () => {
    const model = createLiveModel();
    model.apply(open);
    model.apply(message({ whole: true, changed: [passkey()] }));
    model.setPlace("ended");
    expect(model.passkeys.value).toEqual([]);
  });
});
