/**
 * The vault document (sync-protocol.md § 3): all passkeys and settings, materialised in memory. A `VaultDocument` never changes:
 * an edit or an applied change gives the next one, so a commit that fails is undone by keeping the old.
 *
 * Hashes are 32 bytes where they are stored or sent, hex where they serve as keys.
 */
import { decodeHex, encodeHex } from "../bytes/text.ts";
import { VaultError } from "../errors.ts";
import { admitChange, type AdmittedChange, type AdmittedOperation } from "./admit.ts";
import {
  type Cells,
  eachPasskey,
  findPasskeyCells,
  readCells,
  readWritten,
  readWrittenRegister,
  updateCells,
  type PasskeyCells,
  writeCell,
} from "./cells.ts";
import { BackendLine } from "./backend-line.ts";
import { type OpensSecret, type Passkey, readPasskey } from "./credentials.ts";
import { isWholeDocument } from "./document-chunk.ts";
import { type Backend, createBackend, hasGenesis, makeGenesisChange, SCHEMA_KEY } from "./genesis.ts";
import { ChangeIndex, checkFit, checkForm, findMissing } from "./history.ts";
import { expandOperations, type VaultOperation, type Write } from "./operations.ts";
import type { ActorId } from "./operation-id.ts";
import { type PastWrite, readCreations, readPasskeyHistory } from "./passkey-history.ts";
import { CORE, type PasskeyId, type RegisterValue, SCHEMA_VERSION, splitKey } from "./schema.ts";

/**
 * Changes given to Automerge at once. From somewhere below 20 it rebuilds the whole document instead: with 10 000 passkeys 500
 * changes took 0.24 s in tens, 1.5 s in twenties, and 150 MB more.
 */
const APPLY_GROUP = 8;

/** The next document and the passkeys that look different in it. */
export interface Applied {
  readonly document: VaultDocument;
  readonly touched: readonly PasskeyId[];
}

export interface Edit extends Applied {
  /** What goes into the entry. */
  readonly change: AdmittedChange;
  readonly hash: Uint8Array;
  /** What the change does, path by path, with the values it replaced: what the journal keeps. */
  readonly writes: readonly Write[];
}

export class VaultDocument {
  readonly #line: BackendLine;
  readonly #changes: ChangeIndex;
  readonly #views: WeakMap<PasskeyCells, Passkey>;
  #cells: Cells | null;

  /** Use `createGenesisDocument` or `loadDocument`. */
  constructor(
    line: BackendLine,
    cells: Cells | null = null,
    views: WeakMap<PasskeyCells, Passkey> = new WeakMap(),
  ) {
    this.#line = line;
    this.#changes = new ChangeIndex(line);
    this.#cells = cells;
    this.#views = views;
  }

  /** Gives the memory back at once, when the vault is closed. Neither the newest document nor the ones before it are used then. */
  free(): void {
    this.#line.free();
  }

  /** 32 bytes each, in bytewise order. */
  heads(): Uint8Array[] {
    return this.#line
      .open()
      .getHeads()
      .sort()
      .map((hash) => decodeHex(hash) as Uint8Array);
  }

  /** All of it with its history, for a snapshot or a cache. */
  save(): Uint8Array {
    return this.#line.open().save();
  }

  /** The version of the document; higher than `SCHEMA_VERSION` makes it read-only. */
  schema(): number {
    return Number(this.#line.open().get("_root", SCHEMA_KEY));
  }

  /** Whether the change with this hash (hex) is in. */
  has(hash: string): boolean {
    return this.#line.open().getChangeMetaByHash(hash) !== null;
  }

  /** Who made the change with this hash (hex), or `null` when it is not in. */
  actorOf(hash: string): ActorId | null {
    return (this.#line.open().getChangeMetaByHash(hash)?.actor ?? null) as ActorId | null;
  }

  /** The raw present values, for the journal, the state hash and a new epoch's document. */
  cells(): Cells {
    return (this.#cells ??= readCells(this.#line.open()));
  }

  /** All values under a register, the one that is shown last. */
  valuesOf(id: PasskeyId, register: string): RegisterValue[] {
    return readWrittenRegister(this.#line.open(), id, register).map(({ value }) => value);
  }

  /** The same for a setting. */
  valuesOfSetting(name: string): RegisterValue[] {
    return readWritten(this.#line.open(), "settings", name).map(({ value }) => value);
  }

  settings(): ReadonlyMap<string, RegisterValue> {
    return this.cells().settings;
  }

  /** Every passkey, deleted ones too, in order of their ids. */
  list(opensSecret?: OpensSecret): Passkey[] {
    return Array.from(eachPasskey(this.cells()), ([id, cells]) => this.#view(id, cells, opensSecret)).sort(
      (a, b) => (a.id < b.id ? -1 : 1),
    );
  }

  get(id: PasskeyId, opensSecret?: OpensSecret): Passkey | null {
    const cells = findPasskeyCells(this.cells(), id);
    return cells === undefined ? null : this.#view(id, cells, opensSecret);
  }

  /** Throws `LK-VAULT-NEWER` for a document of a newer version, which this one shows and does not write. */
  checkWritable(): void {
    if (this.schema() <= SCHEMA_VERSION) return;
    const known = `this version writes ${SCHEMA_VERSION}`;
    throw new VaultError("LK-VAULT-NEWER", `vault document has schema ${this.schema()}, ${known}`);
  }

  /**
   * Makes one change out of `operations`, or `null` when everything is already as they want it. Throws `LK-VAULT-NOT-FOUND`,
   * `LK-VAULT-LIMIT`, `LK-ENTRY-FORBIDDEN`, or `LK-VAULT-NEWER` for a document of a newer version.
   */
  edit(actor: ActorId, operations: readonly VaultOperation[]): Edit | null {
    this.checkWritable();
    const writes = expandOperations(this.cells(), operations);
    return this.#line.tryOnClone(actor, (backend) => {
      for (const { container, key, value } of writes) writeCell(backend, container, key, value);
      const hashText = backend.commit(null, 0);
      const bytes = backend.getLastLocalChange();
      if (hashText === null || bytes === null) {
        backend.free();
        return null;
      }
      // What we send is what others would take: the same gate, so a fault here stops here.
      const hash = decodeHex(hashText) as Uint8Array;
      const change = admitChange(bytes, hash, actor);
      const done = new Set(change.operations.map(nameKey));
      return {
        ...this.#next(backend, change.operations),
        change,
        hash,
        writes: writes.filter((write) => done.has(nameKey(write))),
      };
    });
  }

  /** The dependencies of `change` that are not in, hex. It can be applied when there are none. */
  missingDependencies(change: AdmittedChange): string[] {
    return findMissing(this.#line.open(), change);
  }

  /**
   * The document with `changes`, each after those it depends on; ones that are in already are passed over. Throws
   * `LK-ENTRY-CHANGE` when one does not fit: then this document is as it was, and single changes may still go in.
   */
  apply(...changes: readonly AdmittedChange[]): Applied {
    const fresh = changes.filter((change) => !this.has(change.hash));
    if (fresh.length === 0) return { document: this, touched: [] };
    return this.#line.tryOnClone(undefined, (backend) => {
      const before = backend.getHeads();
      const expected = new Set(before);
      for (const change of fresh) {
        for (const hash of change.dependencies) expected.delete(hash);
        expected.add(change.hash);
      }
      applyToBackend(backend, fresh);
      for (const change of fresh) checkFit(backend, change);
      checkForm(backend, before, fresh);
      if (!sameHashes(backend.getHeads(), [...expected])) {
        throw new VaultError("LK-ENTRY-CHANGE", "heads after the change are not the ones it leads to");
      }
      return this.#next(
        backend,
        fresh.flatMap(({ operations }) => operations),
      );
    });
  }

  /** Every write of a passkey, oldest first. */
  historyOf(id: PasskeyId): PastWrite[] {
    return readPasskeyHistory(this.#line.open(), id);
  }

  /** The hash (hex) of the change that brought each passkey. */
  creations(): ReadonlyMap<PasskeyId, string> {
    return readCreations(this.#line.open());
  }

  /** A backend as it was at `heads`, for `reissue.ts`; the caller frees it. */
  forkAt(heads: readonly Uint8Array[]): Backend {
    return this.#line.open().fork(undefined, heads.map(encodeHex));
  }

  #next(backend: Backend, operations: readonly AdmittedOperation[]): Applied {
    const touched = new Set<PasskeyId>();
    const unique = new Map<string, AdmittedOperation>();
    for (const operation of operations) {
      unique.set(nameKey(operation), operation);
      const id = operation.container === "settings" ? null : splitKey(operation.key)?.id;
      if (id) touched.add(id);
    }
    const cells = this.#cells === null ? null : updateCells(this.#cells, backend, unique.values());
    return {
      document: new VaultDocument(this.#line.succeed(backend), cells, this.#views),
      touched: [...touched],
    };
  }

  #view(id: PasskeyId, cells: PasskeyCells, opensSecret?: OpensSecret): Passkey {
    // Only two records under one id depend on who asks.
    if (cells.contested.has(CORE))
      return readPasskey(this.#line.open(), this.#changes, id, cells, opensSecret);
    let view = this.#views.get(cells);
    if (view === undefined) {
      view = readPasskey(this.#line.open(), this.#changes, id, cells);
      this.#views.set(cells, view);
    }
    return view;
  }
}

/** A backend with genesis and, if any, changes that this device has just made itself: nothing that came from elsewhere. */
export function createGenesisBackend(...own: readonly Uint8Array[]): Backend {
  const backend = createBackend();
  backend.applyChanges([makeGenesisChange(), ...own]);
  return backend;
}

/** A vault without anything in it: the same bytes on every device. */
export function createGenesisDocument(): VaultDocument {
  return wrapBackend(createGenesisBackend());
}

/** A backend that grew from genesis, as a document of its own. */
export const wrapBackend = (backend: Backend): VaultDocument => new VaultDocument(new BackendLine(backend));

/**
 * Loads what `save` gave. `expectedHeads` are those noted when it was saved. Throws `LK-VAULT-DAMAGED` for anything else than a whole
 * document that grew from genesis and has these heads.
 */
export function loadDocument(saved: Uint8Array, expectedHeads?: readonly Uint8Array[]): VaultDocument {
  if (!isWholeDocument(saved))
    throw new VaultError("LK-VAULT-DAMAGED", "saved document is not one whole chunk");
  const backend = createBackend();
  try {
    // On an empty document this is the strict load: checksum, and heads recomputed from every change.
    backend.loadIncremental(saved);
  } catch (error) {
    throw new VaultError("LK-VAULT-DAMAGED", "saved document does not load", { cause: error });
  }
  if (!hasGenesis(backend))
    throw new VaultError("LK-VAULT-DAMAGED", "saved document did not grow from genesis");
  if (expectedHeads !== undefined && !sameHashes(backend.getHeads(), expectedHeads.map(encodeHex))) {
    throw new VaultError("LK-VAULT-DAMAGED", "saved document has other heads than were noted");
  }
  return new VaultDocument(new BackendLine(backend));
}

function applyToBackend(backend: Backend, changes: readonly AdmittedChange[]): void {
  try {
    for (let at = 0; at < changes.length; at += APPLY_GROUP) {
      backend.applyChanges(changes.slice(at, at + APPLY_GROUP).map(({ bytes }) => bytes));
    }
  } catch (error) {
    throw new VaultError("LK-ENTRY-CHANGE", "change cannot be applied", { cause: error });
  }
}

/** One text for a key of a container, to tell writes apart. */
const nameKey = ({ container, key }: Pick<Write, "container" | "key">): string => `${container} ${key}`;

function sameHashes(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((hash) => b.includes(hash));
}
