/**
 * A growing wait after wrong passphrases (experience.md U2): four tries are free, the fifth wrong one starts it. Nothing is ever wiped, and
 * the right passphrase ends it. It slows a person at the keyboard; a thief with the file is slowed by Argon2id alone.
 *
 * The count outlives the process, so that starting again is no way around it. It is written after a wrong try and never before one:
 * a full or read-only disk must not lock anyone out. Times are milliseconds.
 */
import { isVaultError, VaultError } from "@latchkey/core/errors";
import type { Clock } from "@latchkey/core/ports";

/** Wrong tries since the last right one, and when the latest was. */
export interface WrongTries {
  readonly count: number;
  readonly latest: number;
}

/** Where the count is kept. `null` when there is nothing to count. */
export interface WrongTriesRecord {
  read(): Promise<WrongTries | null>;
  write(tries: WrongTries | null): Promise<void>;
}

export const FREE_TRIES = 4;
const SHORTEST_WAIT = 10_000;
const LONGEST_WAIT = 600_000;

/** How long to wait after so many wrong tries: 0, then 10 s, doubled with each further one, at most 10 minutes. */
export function deriveWait(wrongTries: number): number {
  return wrongTries <= FREE_TRIES
    ? 0
    : Math.min(SHORTEST_WAIT * 2 ** (wrongTries - FREE_TRIES - 1), LONGEST_WAIT);
}

export interface BackOff {
  /** Milliseconds until the next try is allowed, for a countdown. */
  remaining(): Promise<number>;
  /** Makes one try. Throws `LK-KEY-WAIT` when it is too early, else what `attempt` throws; counts `LK-KEY-PASSPHRASE-WRONG`. */
  try<T>(attempt: () => Promise<T>): Promise<T>;
}

/** `onRecovered`: told of the wrong tries before the right one. */
export function createBackOff(deps: {
  readonly clock: Clock;
  readonly record: WrongTriesRecord;
  readonly onRecovered?: (before: WrongTries) => void;
}): BackOff {
  const { clock, record } = deps;

  function remainingAfter(tries: WrongTries | null): number {
    if (tries === null) return 0;
    const wait = deriveWait(tries.count);
    // A clock that was set back must not make the wait longer than it is.
    return Math.min(wait, Math.max(0, tries.latest + wait - clock.now()));
  }

  return {
    remaining: async () => remainingAfter(await record.read()),
    async try(attempt) {
      const before = await record.read();
      const remaining = remainingAfter(before);
      if (remaining > 0) {
        throw new VaultError(
          "LK-KEY-WAIT",
          `${before?.count} wrong tries, wait ${Math.ceil(remaining / 1000)} s`,
        );
      }
      let result;
      try {
        result = await attempt();
      } catch (error) {
        if (isVaultError(error, "LK-KEY-PASSPHRASE-WRONG")) {
          await ignoreStorage(record.write({ count: (before?.count ?? 0) + 1, latest: clock.now() }));
        }
        throw error;
      }
      if (before !== null) {
        await ignoreStorage(record.write(null));
        deps.onRecovered?.(before);
      }
      return result;
    },
  };
}

/** A count that cannot be kept changes nothing about the try itself. */
async function ignoreStorage(written: Promise<void>): Promise<void> {
  try {
    await written;
  } catch (error) {
    if (!isVaultError(error)) throw error;
  }
}
