/**
 * The header of a sealed stream is drawn by libsodium itself, the one randomness that core does not take from its port. In a run it comes from the
 * seed, too: else an epoch would have another hash each time.
 */
import { sodium } from "@latchkey/core/crypto/sodium";
import type { Chance } from "./chance.ts";

/** The module below libsodium's wrappers, which the types leave out. */
const { libsodium } = sodium as unknown as { readonly libsodium: { getRandomValue: () => number } };

const WORD = 2 ** 32;

/** Until the result is called. */
export function drawSodiumFrom(chance: Chance): () => void {
  const before = libsodium.getRandomValue;
  libsodium.getRandomValue = () => chance.below(WORD);
  return () => void (libsodium.getRandomValue = before);
}
