/**
 * What people may expect of a vault whatever happens between its devices, said without Automerge: every act with what its device had seen of the
 * others when it was done. From that alone follows what must be shown in the end.
 *
 * A put or clear of a field overwrites the puts of that field that its device had seen, and no other. A deletion stands until a restore
 * by a device that had seen it. A passkey, once made, is there.
 */
import { encodeHex } from "@latchkey/core/bytes/text";
import type { PasskeyId, RegisterValue } from "@latchkey/core/vault/schema";
import type { LiveDevice } from "./live-device.ts";

/** What a person does to a passkey. Making one sets some of its fields. */
export type Deed =
  | { readonly act: "create"; readonly puts: Readonly<Record<string, RegisterValue>> }
  | { readonly act: "put"; readonly register: string; readonly value: RegisterValue }
  | { readonly act: "clear"; readonly register: string }
  | { readonly act: "delete" | "restore" };

interface Act {
  /** Hash of the entry that carries it, hex. */
  readonly entry: string;
  readonly id: PasskeyId;
  readonly deed: Deed;
  /** Acts that its device had accepted before. */
  readonly saw: ReadonlySet<Act>;
}

export interface Expected {
  readonly state: "live" | "deleted";
  /** By register: every value that nobody who saw it has overwritten, as text, in order. */
  readonly values: Readonly<Record<string, readonly string[]>>;
}

export class PeopleModel {
  readonly #acts: Act[] = [];

  /** Does something on a device and remembers it, if it changed anything. */
  async note(
    device: LiveDevice,
    id: PasskeyId | null,
    deed: Deed,
    perform: () => Promise<unknown>,
  ): Promise<void> {
    const tag = encodeHex(device.device.context.self.deviceTag);
    const before = device.device.state.tips.get(tag)?.seq;
    const known = new Set(device.document.list().map((passkey) => passkey.id));
    await perform();
    const { accepted, tips } = device.device.state;
    const tip = tips.get(tag);
    if (tip === undefined || tip.seq === before) return;
    const entry = encodeHex(tip.hash);
    const at = accepted.get(entry)!.position;
    const saw = new Set(this.#acts.filter((act) => (accepted.get(act.entry)?.position ?? at) < at));
    const made = device.document.list().find((passkey) => !known.has(passkey.id))?.id;
    this.#acts.push({ entry, id: (id ?? made)!, deed, saw });
  }

  /** What every device must show once it has every act: by passkey. */
  expected(registers: readonly string[]): Record<string, Expected> {
    const expected: Record<string, Expected> = {};
    for (const { id, deed } of this.#acts) {
      if (deed.act !== "create") continue;
      const own = this.#acts.filter((act) => act.id === id);
      const isUndone = (deletion: Act) =>
        own.some((act) => act.deed.act === "restore" && act.saw.has(deletion));
      const deleted = own.some((act) => act.deed.act === "delete" && !isUndone(act));
      expected[id] = {
        state: deleted ? "deleted" : "live",
        values: Object.fromEntries(registers.map((register) => [register, listStanding(own, register)])),
      };
    }
    return expected;
  }
}

/** The value that an act gives a register, `null` when it clears it, `undefined` when it has nothing to do with it. */
function valueOf({ deed }: Act, register: string): RegisterValue | null | undefined {
  if (deed.act === "create") return deed.puts[register];
  if (deed.act === "put") return deed.register === register ? deed.value : undefined;
  return deed.act === "clear" && deed.register === register ? null : undefined;
}

function listStanding(acts: readonly Act[], register: string): string[] {
  const concerned = acts.filter((act) => valueOf(act, register) !== undefined);
  const standing = concerned.filter((act) => !concerned.some((later) => later.saw.has(act)));
  const values = standing.map((act) => valueOf(act, register)).filter((value) => value !== null);
  return [...new Set(values.map(String))].sort();
}

/** What a device shows and offers, in the form of `expected`. */
export function readShown({ document }: LiveDevice, registers: readonly string[]): Record<string, Expected> {
  const shown: Record<string, Expected> = {};
  for (const passkey of document.list()) {
    const values = (register: string) =>
      [...new Set(document.valuesOf(passkey.id, register).map(String))].sort();
    shown[passkey.id] = {
      state: passkey.state === "deleted" ? "deleted" : "live",
      values: Object.fromEntries(registers.map((register) => [register, values(register)])),
    };
  }
  return shown;
}
