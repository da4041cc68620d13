/**
 * Who may create rooms (relay.md § 12). Joining a room that exists needs its key and nothing else. So far one mode: `open`, which lets
 * everybody in within the rate of the IP group. The creation token travels in every join from the first day and is of no use here.
 */
import type { RateBuckets } from "./rate.ts";
import type { IpGroup } from "./ip-group.ts";

export interface Admission {
  /** As published in `hello` and at `/v1/info`. */
  readonly mode: string;
  /** 0, or milliseconds to wait before the next new room of this group. */
  admit(group: IpGroup, creationToken: Uint8Array | null): number;
}

export function createOpenAdmission(created: RateBuckets): Admission {
  return { mode: "open", admit: (group) => created.take(group.narrow) };
}
