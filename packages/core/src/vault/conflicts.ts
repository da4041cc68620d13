/**
 * Two edits of one field made apart (sync-protocol.md § 3, experience.md U9): the same value wins on every device, the others are
 * *offered* until somebody writes the field again: taking one and keeping the present one are both just a put. Nothing blocks.
 */
import { equalBytes } from "../bytes/equal.ts";
import { type PasskeyCells, readWrittenRegister, type WrittenValue } from "./cells.ts";
import type { Backend } from "./genesis.ts";
import { type ActorId, devicePrefixOf, reissueTimeOf } from "./operation-id.ts";
import { isEditable, isSealed, type PasskeyId, type RegisterValue } from "./schema.ts";

/** A value that lost against another device's. */
export interface OfferedValue {
  readonly register: string;
  readonly value: RegisterValue;
  readonly by: ActorId;
  /** The value that is shown instead, and who wrote it. */
  readonly kept: RegisterValue;
  readonly keptBy: ActorId;
}

/** The offered values of one passkey, by register. A value that devices set alike is not offered. */
export function readOffered(backend: Backend, id: PasskeyId, cells: PasskeyCells): OfferedValue[] {
  const offered: OfferedValue[] = [];
  for (const register of [...cells.contested].filter(isOffered).sort()) {
    const written = dropOutdated(readWrittenRegister(backend, id, register));
    const kept = written.pop();
    if (kept === undefined) continue;
    const shown = [kept.value];
    for (const loser of written) {
      if (shown.some((value) => sameValue(value, loser.value))) continue;
      shown.push(loser.value);
      offered.push({
        register,
        value: loser.value,
        by: authorOf(loser),
        kept: kept.value,
        keptBy: authorOf(kept),
      });
    }
  }
  return offered;
}

/**
 * Without what a device wrote before another of these values, both issued again: it had replaced the one by the other, which changes
 * issued again do not show.
 */
function dropOutdated(written: readonly WrittenValue[]): WrittenValue[] {
  const again = written.flatMap((each) => {
    const time = reissueTimeOf(authorOf(each));
    return time === null ? [] : [{ each, time, device: devicePrefixOf(authorOf(each)) }];
  });
  const outdated = new Set(
    again
      .filter(({ time, device }) => again.some((other) => other.device === device && other.time > time))
      .map(({ each }) => each),
  );
  return written.filter((each) => !outdated.has(each));
}

/** What a person can choose between: not among sealed bytes. */
const isOffered = (register: string): boolean => isEditable(register) && !isSealed(register);

/** Who wrote a value: its operation is named `counter@actor`. */
export const authorOf = (written: WrittenValue): ActorId =>
  written.operation.slice(written.operation.indexOf("@") + 1) as ActorId;

function sameValue(a: RegisterValue, b: RegisterValue): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return equalBytes(a, b);
  return a === b;
}
