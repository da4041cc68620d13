/** Waits for a condition, looking every few milliseconds: never for a time. */

const LOOK_MS = 10;
const PATIENCE_MS = 60_000;

/** What `look` gives when it is neither `null` nor `false`. Throws after a minute, naming `what`. */
export async function waitUntil<T>(what: string, look: () => T | null | false): Promise<T> {
  const begun = performance.now();
  for (;;) {
    const seen = look();
    if (seen !== null && seen !== false) return seen;
    if (performance.now() - begun > PATIENCE_MS) throw new Error(`waited a minute for ${what}`);
    const { promise, resolve } = Promise.withResolvers<void>();
    setTimeout(resolve, LOOK_MS);
    await promise;
  }
}
