/**
 * Where a document lives in WebAssembly. Documents follow one another, and each copies some megabytes of the one before; the garbage
 * collector does not see that memory and lets it grow (1 000 passkeys, 500 changes: 0.5 GB and ten times slower). So the next
 * document takes the place over, and an older one that is asked after all, say because a commit failed, gets a fork of the newest.
 */
import type { Backend } from "./genesis.ts";
import type { ActorId } from "./operation-id.ts";

export class BackendLine {
  #backend: Backend | null;
  #heads: readonly string[] = [];
  #next: BackendLine | null = null;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** The backend of this document: to read from and to clone, never to write to. */
  open(): Backend {
    if (this.#backend !== null) return this.#backend;
    let later = this.#next;
    while (later !== null && later.#backend === null) later = later.#next;
    const newest = later === null ? null : later.#backend;
    if (newest === null) throw new TypeError("vault document was freed");
    this.#backend = newest.fork(undefined, [...this.#heads]);
    return this.#backend;
  }

  /** What `work` makes of a clone, which is freed when it throws: this document stays as it was. */
  tryOnClone<T>(actor: ActorId | undefined, work: (clone: Backend) => T): T {
    const clone = this.open().clone(actor);
    try {
      return work(clone);
    } catch (error) {
      clone.free();
      throw error;
    }
  }

  /** The place of the document that follows this one with `backend`. */
  succeed(backend: Backend): BackendLine {
    this.#heads = this.open().getHeads();
    this.#next = new BackendLine(backend);
    this.#backend?.free();
    this.#backend = null;
    return this.#next;
  }

  /** After that an older document still finds a newer one; when the newest is freed, all are. */
  free(): void {
    this.#backend?.free();
    this.#backend = null;
  }
}
