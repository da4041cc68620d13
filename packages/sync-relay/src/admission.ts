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
  encodeHex,
  formatWork,
  isWorkDone,
  type Random,
  type RoomId,
  type Sha256,
} from "@latchkey/core/relay-protocol";
import type { Budgets } from "./budgets.ts";
import type { IpGroup } from "./ip-group.ts";
import type { RelayLimits } from "./limits.ts";
import type { Invite, RoomState, Store } from "./store/store.ts";

export const ADMISSION_MODES = ["open", "invite", "allowlist", "pow", "hook"] as const;

export type AdmissionRule =
  | { readonly mode: "open" | "pow" | "invite" }
  /** The tokens that are on the list now. */
  | { readonly mode: "allowlist"; tokens(): readonly Uint8Array[] }
  /** Whether the operator's service says yes. Never rejects. */
  | { readonly mode: "hook"; ask(token: Uint8Array | null): Promise<boolean> };

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

export interface NewRoom {
  readonly roomId: RoomId;
  readonly group: IpGroup;
  readonly token: Uint8Array | null;
  /** The socket's. */
  readonly nonce: Uint8Array;
  readonly today: number;
}

/** The room; `null`: who asks may not; or the milliseconds to wait before the next new room of this group. */
export type Admitted = RoomState | null | { readonly waitMs: number };

export interface Admission {
  /** As published in `hello` and at `/v1/info`. */
  readonly mode: string;
  create(room: NewRoom): Promise<Admitted>;
}

export function createAdmission(
  rule: AdmissionRule,
  deps: {
    readonly store: Store;
    readonly limits: RelayLimits;
    readonly sha256: Sha256;
    readonly budgets: Pick<Budgets, "spendRoom">;
  },
): Admission {
  const { store, limits, sha256, budgets } = deps;
  const bits = limits.powBits;

  async function createCounted({ roomId: id, group, today }: NewRoom): Promise<Admitted> {
    const waitMs = budgets.spendRoom(group);
    return waitMs > 0 ? { waitMs } : store.createRoom(id, today);
  }

  async function createInvited({ roomId: id, token, today }: NewRoom): Promise<Admitted> {
    return token === null || store.invites === null
      ? null
      : store.invites.createRoom(id, today, sha256(token));
  }

  async function create(room: NewRoom): Promise<Admitted> {
    const { token } = room;
    switch (rule.mode) {
      case "open":
        return createCounted(room);
      case "pow":
        return token !== null && isWorkDone(room, token, bits, sha256) ? createCounted(room) : null;
      case "hook":
        return (await rule.ask(token)) ? createCounted(room) : null;
      case "invite":
        return createInvited(room);
      case "allowlist": {
        // Compared by hash: how long it takes tells nothing of a token.
        const hash = token && sha256(token);
        const isListed =
          hash && rule.tokens().some((listed) => encodeHex(sha256(listed)) === encodeHex(hash));
        if (hash === null || isListed !== true) return null;
        await store.invites?.put({ hash, rooms: limits.inviteRooms, untilDay: null });
        return createInvited(room);
      }
    }
  }

  return { mode: rule.mode === "pow" ? formatWork(bits) : rule.mode, create };
}
