/**
 * Virtual time: what is to happen, in order. Nothing in a run waits for a real clock; between two events everything that promises
 * set off is carried out to its end, so a run with the same seed is the same to the last byte.
 */

interface Planned {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

export class Timeline {
  /** Milliseconds since the run began. */
  now = 0;
  #order = 0;
  /** A binary heap, the earliest first. */
  readonly #planned: Planned[] = [];

  after(ms: number, run: () => void): void {
    const heap = this.#planned;
    heap.push({ at: this.now + ms, order: this.#order++, run });
    let child = heap.length - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!isBefore(heap[child]!, heap[parent]!)) break;
      [heap[child], heap[parent]] = [heap[parent]!, heap[child]!];
      child = parent;
    }
  }

  /** Resolves after so much time, with everything that was planned for it done. `stop` is asked after each event. */
  async pass(ms: number, stop: () => boolean): Promise<void> {
    const end = this.now + ms;
    await this.#runUntil(end, stop);
    this.now = Math.max(this.now, end);
  }

  /** Runs until nothing is planned, at most so long. Says whether it got there. */
  async quieten(ms: number, stop: () => boolean): Promise<boolean> {
    await this.#runUntil(this.now + ms, stop);
    return this.#planned.length === 0;
  }

  async #runUntil(end: number, stop: () => boolean): Promise<void> {
    await settle();
    while (this.#planned.length > 0 && this.#planned[0]!.at <= end && !stop()) {
      const { at, run } = this.#take();
      this.now = Math.max(this.now, at);
      run();
      await settle();
    }
  }

  #take(): Planned {
    const heap = this.#planned;
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    heap[0] = last;
    let parent = 0;
    for (;;) {
      let least = parent;
      for (const child of [2 * parent + 1, 2 * parent + 2]) {
        if (child < heap.length && isBefore(heap[child]!, heap[least]!)) least = child;
      }
      if (least === parent) return first;
      [heap[parent], heap[least]] = [heap[least]!, heap[parent]!];
      parent = least;
    }
  }
}

const isBefore = (a: Planned, b: Planned): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** Everything that promises have to do without waiting for the world is done when the next turn of the loop begins. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
