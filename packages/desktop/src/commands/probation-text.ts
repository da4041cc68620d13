/** The words for a device that is on probation. */

/** As the host describes it (`host/describe-approval.ts`). */
export interface ProbationData {
  /** ISO 8601; `null` where another device has to agree. */
  readonly until: string | null;
}

export function describeProbation({ until }: ProbationData): string {
  if (until === null) return "on probation: it signs when another device agrees (latchkey device approve)";
  const at = until.slice(0, 16).replace("T", " ");
  return `on probation: it signs from ${at} UTC, or when a device agrees (latchkey device approve)`;
}
