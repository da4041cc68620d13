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
  /** How far each chain was asked for, by device tag in hex. */
  const asked = new Map<string, number>();
  return {
    hasNew: () => listGaps().some(({ deviceTag, seq }) => seq > (asked.get(encodeHex(deviceTag)) ?? 0)),
    remember() {
      for (const { deviceTag, seq } of listGaps()) asked.set(encodeHex(deviceTag), seq);
    },
  };
}
