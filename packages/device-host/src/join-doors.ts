/** How a joining host begins at each door (docs/protocol.md § 8): what it was given, and where it meets the existing device. */
import { VaultError } from "@latchkey/core/errors";
import { parseInvitation } from "@latchkey/core/pairing/invitation";
import { type JoinerDoor, openPictureDoor } from "@latchkey/core/pairing/joiner-door";
import { parsePairingWords } from "@latchkey/core/pairing/pairing-words";
import { openRequestDoor } from "@latchkey/core/pairing/request-door";
import { openWordsDoor } from "@latchkey/core/pairing/words-door";
import {
  type MailboxId,
  type Nameplate,
  parseRelayAddress,
  type RelayAddress,
} from "@latchkey/core/relay-protocol";

export type JoinDoor =
  /** An invitation that was scanned or pasted. */
  | { readonly kind: "invitation"; readonly text: string }
  /** A number and two words, and the address of the mailbox that gave the number. */
  | { readonly kind: "words"; readonly text: string; readonly relay: string }
  /** This device shows a code, and waits at this mailbox. */
  | { readonly kind: "request"; readonly relay: string };

export interface OpenedJoinDoor {
  readonly door: JoinerDoor;
  readonly relays: readonly RelayAddress[];
  /** What is claimed there; `null`: this device opens its own mailbox. */
  readonly meeting: MailboxId | Nameplate | null;
}

/** Throws `LK-PAIR-MALFORMED`, `LK-PAIR-VERSION` or `LK-RELAY-ORIGIN`. */
export async function openJoinDoor(door: JoinDoor): Promise<OpenedJoinDoor> {
  switch (door.kind) {
    case "invitation": {
      const { invitation } = parseInvitation(door.text.trim());
      const { relays, mailboxId } = invitation;
      return { door: openPictureDoor(invitation), relays, meeting: mailboxId };
    }
    case "words": {
      const { origin } = parseRelayAddress(door.relay.trim());
      const told = await parsePairingWords(door.text);
      if (told === null) throw new VaultError("LK-PAIR-MALFORMED", "text is no number and two words");
      return {
        door: openWordsDoor({ ...told, origin }),
        relays: [{ origin, token: null }],
        meeting: told.nameplate,
      };
    }
    case "request": {
      const { origin } = parseRelayAddress(door.relay.trim());
      const relays = [{ origin, token: null }];
      return { door: openRequestDoor(relays), relays, meeting: null };
    }
  }
}
