/** One check of `latchkey doctor`. Ids are stable: scripts and hints name them. */
import type { JsonObject } from "../../terminal/json.ts";

export interface Check {
  readonly id: string;
  /** `null`: not checked, `text` says why. */
  readonly ok: boolean | null;
  /** What was found. */
  readonly text: string;
  /** What to do; `null` when all is well. */
  readonly hint: string | null;
}

/** `hint` is told only when the check fails. */
export const makeCheck = (id: string, ok: boolean, text: string, hint: string): Check => ({
  id,
  ok,
  text,
  hint: ok ? null : hint,
});

export const skipCheck = (id: string, why: string): Check => ({ id, ok: null, text: why, hint: null });

export const describeCheck = ({ id, ok, text, hint }: Check): JsonObject => ({ id, ok, text, hint });
