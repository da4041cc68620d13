/** Which number a mailbox gets: random, never the lowest that is free, and as short as can be while nine in ten are free. */
import { MAX_NAMEPLATE, MIN_NAMEPLATE, type Nameplate, type Random } from "@latchkey/core/relay-protocol";

/** Tries before there is none: with nine in ten free, one of a million is told so in vain. */
export const NAMEPLATE_TRIES = 6;

const ENDS = [1000, 10_000, 100_000];

/** A number, of which it is not known whether it is taken; `alive`: how many may be. */
export function drawNameplate(random: Random, alive: number): Nameplate {
  const end = ENDS.find((limit) => alive * 10 <= limit - MIN_NAMEPLATE) ?? MAX_NAMEPLATE + 1;
  const value = new DataView(random(4).slice().buffer).getUint32(0);
  return (MIN_NAMEPLATE + (value % (end - MIN_NAMEPLATE))) as Nameplate;
}
