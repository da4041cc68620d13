/**
 * The document that a new epoch begins with (sync-protocol.md § 6): genesis and the present state, nothing of the history. What several
 * devices had written apart stays apart, so nobody's value is lost by it.
 *
 * It is one change with the value that is shown under each key, by the actor `ff…ff`; and, where values are offered beside it, one change
 * for the second of each key, by the next lower actor, and so on. All of them depend on genesis alone, and keys with the most values come
 * first: so of each key all values have one operation number, and the shown one wins by its actor.
 */
import type { Backend } from "./genesis.ts";
import { eachPasskey, writeCell } from "./cells.ts";
import { createGenesisBackend, type VaultDocument, wrapBackend } from "./document.ts";
import { encodeHex } from "../bytes/text.ts";
import { hash } from "../crypto/hash.ts";
import { LABELS } from "../crypto/labels.ts";
import { firstDocumentActor } from "./first-document-actor.ts";
import { credentialIdOf, deriveShard, type PasskeyId, registerKey, type RegisterValue } from "./schema.ts";

/** What becomes of a register's value on the way: sealed anew, or the same. */
export type Reseal = (id: PasskeyId, register: string, value: RegisterValue) => RegisterValue;

/** Settings under which a purged passkey is remembered, by a hash of its id: it is never taken in again. */
export const PURGED_PREFIX = "purged/";

interface Line {
  readonly container: number | "settings";
  readonly key: string;
  /** The shown one first. */
  readonly values: readonly RegisterValue[];
}

export const purgedSetting = (id: PasskeyId): string =>
  PURGED_PREFIX + encodeHex(hash(LABELS.purged, credentialIdOf(id)));

/** The next epoch's document, without the passkeys of `purged`. With the identity as `reseal` anybody can compute what it shows. */
export function makeNextDocument(
  document: VaultDocument,
  purged: readonly PasskeyId[],
  reseal: Reseal,
  keepsSetting: (name: string) => boolean = () => true,
): VaultDocument {
  const lines = [...listLines(document, new Set(purged), reseal, keepsSetting)].sort(
    (a, b) => b.values.length - a.values.length || compareText(nameOf(a), nameOf(b)),
  );
  const genesis = createGenesisBackend();
  try {
    const most = lines[0]?.values.length ?? 0;
    const changes = Array.from({ length: most }, (_, place) => makeChange(genesis, lines, place));
    return wrapBackend(createGenesisBackend(...changes));
  } finally {
    genesis.free();
  }
}

function* listLines(
  document: VaultDocument,
  purged: ReadonlySet<PasskeyId>,
  reseal: Reseal,
  keepsSetting: (name: string) => boolean,
): Generator<Line> {
  const cells = document.cells();
  for (const [id, { registers, contested }] of eachPasskey(cells)) {
    if (purged.has(id)) continue;
    const container = deriveShard(credentialIdOf(id) as Uint8Array);
    for (const [register, shown] of registers) {
      const all = contested.has(register) ? document.valuesOf(id, register).toReversed() : [shown];
      const values = all.map((value) => reseal(id, register, value));
      yield { container, key: registerKey(id, register), values };
    }
  }
  for (const name of [...cells.settings.keys()].filter(keepsSetting)) {
    yield { container: "settings", key: name, values: document.valuesOfSetting(name).toReversed() };
  }
  for (const id of purged) {
    const key = purgedSetting(id);
    if (!cells.settings.has(key)) yield { container: "settings", key, values: [true] };
  }
}

/** The change with each key's value of this place: 0 is the shown one. */
function makeChange(genesis: Backend, lines: readonly Line[], place: number): Uint8Array {
  const clone = genesis.clone(firstDocumentActor(place));
  try {
    for (const { container, key, values } of lines) {
      const value = values[place];
      if (value !== undefined) writeCell(clone, container, key, value);
    }
    clone.commit(null, 0);
    return clone.getLastLocalChange() as Uint8Array;
  } finally {
    clone.free();
  }
}

const nameOf = ({ container, key }: Line): string => `${container} ${key}`;
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
