/** How an inviting host begins at each door (docs/protocol.md § 8): where it meets the new device, and what it shows for it. */
import type { Random } from "@latchkey/core/ports";
import { VaultError } from "@latchkey/core/errors";
import {
  createInviter,
  createRequestInviter,
  createWordsInviter,
  type Inviter,
} from "@latchkey/core/pairing/inviter";
import { formatPairingWords, makePairingWords } from "@latchkey/core/pairing/pairing-words";
import { parseRequest } from "@latchkey/core/pairing/request";
import {
  MAILBOX_ID_BYTES,
  MAX_MAILBOX_TTL_SECONDS,
  type MailboxId,
  type RelayAddress,
} from "@latchkey/core/relay-protocol";
import type { JsonObject } from "./json.ts";
import { type ReachedMailbox, reachMailbox } from "./relay-client/reach-mailbox.ts";

export type InviteDoor =
  /** This device shows codes; `app` is the address that a phone's camera opens. */
  | { readonly kind: "code"; readonly app: string }
  /** This device shows a number and two words. */
  | { readonly kind: "words" }
  /** The new device shows a code, and this is its text. */
  | { readonly kind: "request"; readonly text: string };

export interface OpenedDoor {
  readonly inviter: Inviter;
  /** The one mailbox that is open already; `null` where the inviter opens its own. */
  readonly met: { readonly mailboxId: MailboxId; readonly reached: ReachedMailbox } | null;
}

export interface DoorParts {
  readonly random: Random;
  /** The vault's, and those on this network. */
  readonly relays: readonly RelayAddress[];
  readonly fingerprintWords: string;
  readonly tell: (event: JsonObject) => void;
  readonly signal: AbortSignal;
}

/** Throws `LK-PAIR-MALFORMED`, `LK-PAIR-VERSION`, `LK-PAIR-ELSEWHERE`, or what `reachMailbox` throws. */
export async function openInviteDoor(door: InviteDoor, parts: DoorParts): Promise<OpenedDoor> {
  const { random, relays, tell, signal } = parts;
  switch (door.kind) {
    case "code":
      return { inviter: createInviter({ ...parts, appAddress: door.app }), met: null };
    case "words": {
      const mailboxId = random(MAILBOX_ID_BYTES) as MailboxId;
      const reached = await reachMailbox({
        origins: relays.map(({ origin }) => origin),
        at: mailboxId,
        role: { open: { ttlSeconds: MAX_MAILBOX_TTL_SECONDS, wantsNameplate: true } },
        random,
        signal,
      });
      const { nameplate, origin } = reached;
      if (nameplate === null) throw new TypeError("a mailbox with a nameplate has one");
      const words = await makePairingWords(random);
      const inviter = createWordsInviter({ ...parts, told: { nameplate, origin, words }, mailboxId });
      tell({ event: "words", words: formatPairingWords(nameplate, words), mailbox: origin });
      return { inviter, met: { mailboxId, reached } };
    }
    case "request": {
      const request = parseRequest(door.text.trim());
      const { mailboxId } = request;
      const origins = request.relays
        .map(({ origin }) => origin)
        .filter((wanted) => relays.some(({ origin }) => origin === wanted));
      // A code that somebody shows does not make this device call anybody but its own relays.
      if (origins.length === 0)
        throw new VaultError("LK-PAIR-ELSEWHERE", "request names no relay of this vault");
      const reached = await reachMailbox({ origins, at: mailboxId, role: "claim", random, signal });
      return { inviter: createRequestInviter({ ...parts, request }), met: { mailboxId, reached } };
    }
  }
}
