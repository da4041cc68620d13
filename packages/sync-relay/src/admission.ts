/**
 * Who may create rooms (relay.md § 12). Joining a room that exists needs its key and nothing else.
 *
 * | mode      | a new room needs                                                  | bounded by                        |
 * | --------- | ----------------------------------------------------------------- | --------------------------------- |
 * | open      | nothing                                                           | rooms a day of the IP group       |
 * | pow       | work on the socket's nonce (`relay-protocol/proof-of-work.ts`)    | the same                          |
 * | hook      | a yes of the operator's own service, about the token alone        | the same                          |
 * | invite    | the token of an invitation, of which the store has the hash       | the invitation's rooms            |
 * | allowlist | a token of the operator's list, one a person                      | the same, for each token          |
 */
import {
  equalBytes,
  formatWork,
  isWorkDone,
  type Random,
  type RoomId,
  type Sha256,
} from "@latchkey/core/relay-protocol";
import type { IpGroup } from "./address.ts";
import type { Budgets } from "./rate.ts";
import type { RelayDeps } from "./relay.ts";
import type { Invite, RoomState } from "./store/store.ts";

export const ADMISSION_MODES = ["open", "invite", "allowlist", "pow", "hook"] as const;

export type AdmissionRule =
  | { readonly mode: "open" | "pow" | "invite" }
  /** The tokens that are on the list now. */
  | { readonly mode: "allowlist"; tokens(): readonly Uint8Array[] }
  /** Whether the operator's service says yes. Never rejects. */
  | { readonly mode: "hook"; ask(token: Uint8Array | null): Promise<boolean> };

export interface NewRoom {
  readonly roomId: RoomId;
  readonly group: IpGroup;
  readonly token: Uint8Array | null;
  /** The socket's. */
  readonly nonce: Uint8Array;
  readonly today: number;
}

const INVITE_TOKEN_BYTES = 16;

/** A new invitation: the token for its holder, and what a store keeps of it. */
export function makeInvite(
  bounds: Pick<Invite, "rooms" | "untilDay">,
  random: Random,
  sha256: Sha256,
): { readonly token: Uint8Array; readonly invite: Invite } {
  const token = random(INVITE_TOKEN_BYTES);
  return { token, invite: { ...bounds, hash: sha256(token) } };
}

export function createAdmission({ admission: rule, limits, sha256, store }: RelayDeps, budgets: Budgets) {
  const { powBits, inviteRooms } = limits;

  async function isAllowed(room: NewRoom): Promise<boolean> {
    const { token } = room;
    switch (rule.mode) {
      case "open":
        return true;
      case "pow":
        return token !== null && isWorkDone(room, token, powBits, sha256);
      case "hook":
        return rule.ask(token);
      case "invite":
        return token !== null;
      case "allowlist": {
        if (token === null) return false;
        // Compared by hash: how long it takes tells nothing of a token.
        const hash = sha256(token);
        const isListed = rule.tokens().some((listed) => equalBytes(sha256(listed), hash));
        if (isListed) await store.invites?.put({ hash, rooms: inviteRooms, untilDay: null });
        return isListed;
      }
    }
  }

  return {
    /** As published in `hello` and at `/v1/info`. */
    mode: rule.mode === "pow" ? formatWork(powBits) : rule.mode,
    /** The room; `null`: who asks may not; or the milliseconds to wait before the next new room of this group. */
    async create(room: NewRoom): Promise<RoomState | null | { readonly waitMs: number }> {
      const { group, roomId, today, token } = room;
      if (!(await isAllowed(room))) return null;
      if (rule.mode === "invite" || rule.mode === "allowlist") {
        return store.invites?.createRoom(roomId, today, sha256(token as Uint8Array)) ?? null;
      }
      const waitMs = budgets.spend("rooms", group);
      return waitMs > 0 ? { waitMs } : store.createRoom(roomId, today);
    },
  };
}
