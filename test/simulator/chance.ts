/**
 * Chance with a seed (sfc32): everything that is drawn in a run of the simulator comes from here, so that a seed is a whole story. Streams split
 * off, so that one device's draws do not move another's. Not secure, not meant to be.
 */

export interface Chance {
  /** A whole number from 0 up to, not including, `bound`. */
  below(bound: number): number;
  pick<T>(from: readonly T[]): T;
  happens(probability: number): boolean;
  bytes(length: number): Uint8Array;
  /** Another stream. */
  split(): Chance;
}

const WARM_UP = 12;

export function createChance(seed: number, stream = 0): Chance {
  let a = seed | 0;
  let b = stream | 0;
  let c = 0x9e3779b9 | 0;
  let counter = 1;
  let streams = 0;

  function next(): number {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  }
  for (let i = 0; i < WARM_UP; i++) next();

  const chance: Chance = {
    below: (bound) => next() % bound,
    pick: (from) => from[next() % from.length] as never,
    happens: (probability) => next() / 2 ** 32 < probability,
    bytes: (length) => {
      const bytes = new Uint8Array(length);
      for (let at = 0; at < length; at += 4) {
        const word = next();
        for (let i = 0; i < 4 && at + i < length; i++) bytes[at + i] = word >>> (8 * i);
      }
      return bytes;
    },
    split: () => createChance(next(), ++streams),
  };
  return chance;
}
