/** Finds what a person probably meant: the known word that needs the fewest changes (optimal string alignment distance). */

/** The nearest of `known`, or `null` when none is near: at most a third of the letters may differ, and one always. */
export function suggestWord(typed: string, known: readonly string[]): string | null {
  const limit = Math.max(1, Math.floor(typed.length / 3));
  const ranked = known
    .map((word) => ({ word, distance: measureDistance(typed, word) }))
    .filter(({ word, distance }) => distance <= limit || (typed.length > 1 && word.startsWith(typed)))
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.word ?? null;
}

function measureDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Infinity;
  for (let i = 1; i <= a.length; i++) {
    rows[i] = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      const isSwap = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      (rows[i] as number[])[j] = Math.min(
        at(i - 1, j) + 1,
        at(i, j - 1) + 1,
        at(i - 1, j - 1) + (isSame ? 0 : 1),
        isSwap ? at(i - 2, j - 2) + 1 : Infinity,
      );
    }
  }
  return at(a.length, b.length);
}
