/**
 * What people did, and what they may expect of it: the shadow of the vault, without Automerge. Every act is kept with the acts that its device
 * had seen. From that alone follows what must stand in the end (promise 3):
 *
 * A put or clear of a field overwrites the puts of that field that its device had seen, and no other. A put of the very value that is shown among
 * several drops the others and is no put of its own: the one that is kept stands as it stood (decision 007). A deletion stands until a restore by a
 * device that had seen it. A passkey, once made, is there. An act that only a lost disk knew may be lost with it, nothing else.
 */
import type { EntryKind } from "@latchkey/core/log/entry";
import type { PasskeyId, RegisterValue } from "@latchkey/core/vault/schema";
import type { NamedOperation, Written } from "./ledger.ts";

export type Deed =
  | { readonly act: "create"; readonly puts: Readonly<Record<string, RegisterValue>> }
  | { readonly act: "put"; readonly register: string; readonly value: RegisterValue }
  | { readonly act: "keep"; readonly register: string; readonly value: RegisterValue }
  | { readonly act: "clear"; readonly register: string }
  | { readonly act: "delete" | "restore" }
  /** An entry of the device itself: it changes nothing that is shown. */
  | { readonly act: "sign" };

export interface Act {
  /** Number of the device. */
  readonly author: number;
  /** Of a passkey that is being made, known when its keys are. */
  id: PasskeyId | null;
  /** Known at the latest when the entry is written: a choice among values depends on which are there then. */
  deed: Deed | null;
  /** What its entry is. */
  readonly kind: EntryKind;
  /** The entry that carries it, in hex, once it is on its author's disk. */
  entry: string | null;
  /** Its id, which outlives epochs; `null` while there is no entry, and for what is no act on the document. */
  operation: NamedOperation | null;
  /** Acts whose entries its device had accepted before. */
  saw: ReadonlySet<Act>;
  /** The device said that it is saved. */
  acknowledged: boolean;
  /** No disk of a living device and no relay has it any more. */
  mayBeLost: boolean;
  /** Its author's disk was put back to before it: an epoch that does not cover it may end it. */
  isForgotten: boolean;
}

export interface Expected {
  readonly state: "live" | "deleted";
  /** By register: every value that nobody who saw it has overwritten, as text, in order. */
  readonly values: Readonly<Record<string, readonly string[]>>;
}

export class People {
  readonly acts: Act[] = [];

  begin(author: number, id: PasskeyId | null, deed: Deed | null, kind: EntryKind): Act {
    return {
      author,
      id,
      deed,
      kind,
      entry: null,
      operation: null,
      saw: new Set(),
      acknowledged: false,
      mayBeLost: false,
      isForgotten: false,
    };
  }

  /**
   * The act's entry is on the disk of its author, who had those of the acts before for which `hasSeen` holds, and to whom the field was shown
   * with these values, the one that counts last.
   */
  written(
    act: Act,
    { hash, operations }: Pick<Written, "hash" | "operations">,
    hasSeen: (act: Act) => boolean,
    shown: (id: PasskeyId, register: string) => readonly RegisterValue[],
  ): void {
    const { deed, id } = act;
    if (deed?.act === "put" && id !== null) {
      const values = shown(id, deed.register);
      if (values.length > 1 && textOf(values.at(-1)!) === textOf(deed.value))
        act.deed = { ...deed, act: "keep" };
    }
    act.entry = hash;
    act.operation = operations[0] ?? null;
    act.saw = new Set(this.acts.filter(hasSeen));
    this.acts.push(act);
  }

  /** What everybody must see who has the acts for which `counts` holds: by passkey. */
  expected(registers: readonly string[], counts: (act: Act) => boolean): Map<PasskeyId, Expected> {
    const expected = new Map<PasskeyId, Expected>();
    const acts = this.acts.filter(counts);
    for (const [id, own] of Map.groupBy(acts, (act) => act.id)) {
      if (id === null || !own.some(({ deed }) => deed?.act === "create")) continue;
      const isUndone = (deletion: Act): boolean =>
        own.some((act) => act.deed?.act === "restore" && act.saw.has(deletion));
      const deleted = own.some((act) => act.deed?.act === "delete" && !isUndone(act));
      expected.set(id, {
        state: deleted ? "deleted" : "live",
        values: Object.fromEntries(registers.map((register) => [register, listStanding(own, register)])),
      });
    }
    return expected;
  }
}

/** The value that an act gives a register, `null` when it takes values away, `undefined` when it has nothing to do with it. */
export function valueOf({ deed }: Act, register: string): RegisterValue | null | undefined {
  if (deed?.act === "create") return deed.puts[register];
  if (deed?.act === "put") return deed.register === register ? deed.value : undefined;
  const takes = deed?.act === "clear" || deed?.act === "keep";
  return takes && deed.register === register ? null : undefined;
}

function listStanding(acts: readonly Act[], register: string): string[] {
  const concerned = acts.filter((act) => valueOf(act, register) !== undefined);
  const standing = concerned.filter(
    (act) => !concerned.some((later) => later.saw.has(act) && !keeps(later, valueOf(act, register))),
  );
  const values = standing.map((act) => valueOf(act, register)).filter((value) => value != null);
  return [...new Set(values.map(textOf))].sort();
}

const keeps = ({ deed }: Act, value: RegisterValue | null | undefined): boolean =>
  deed?.act === "keep" && value != null && textOf(value) === textOf(deed.value);

export const textOf = (value: RegisterValue): string =>
  value instanceof Uint8Array ? Buffer.from(value).toString("hex") : String(value);
