/**
 * Which gaps a relay was asked for in this session. A gap is asked for once: a relay that has nothing for it is not pulled from its
 * beginning again and again.
 */
import { encodeHex } from "../bytes/text.ts";
import type { ChainTip } from "../log/entry.ts";

export interface GapMemory {
  /** Whether something is missing that was not asked for yet. */
  hasNew(): boolean;
  /** The room was pulled from its beginning: what is missing now, it does not give. */
  remember(): void;
}

/** `listGaps` gives, for each device's chain with a gap, the highest entry that is known to exist. */
export function createGapMemory(listGaps: () => readonly ChainTip[]): GapMemory {
  /** Hashes, in hex, of what was asked for. */
  const asked = new Set<string>();
  return {
    hasNew: () => listGaps().some(({ hash }) => !asked.has(encodeHex(hash))),
    remember() {
      for (const { hash } of listGaps()) asked.add(encodeHex(hash));
    },
  };
}
