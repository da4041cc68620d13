/**
 * A pairing mailbox at the first relay that has it, or gives it: for whoever meets at one relay and not at all of them. What arrives before
 * somebody listens is kept.
 */
import { VaultError } from "@latchkey/core/errors";
import type { Random } from "@latchkey/core/ports";
import type { MailboxId, Nameplate } from "@latchkey/core/relay-protocol";
import { startTimer, type Timer } from "../timers.ts";
import { type Mailbox, type MailboxEvents, type MailboxRole, openMailbox } from "./mailbox-client.ts";

/** How long a relay may take to give a number. */
const NAMEPLATE_MS = 5_000;

type Listener = Pick<MailboxEvents, "message" | "lost">;
type Lost = Parameters<MailboxEvents["lost"]>[0];

export interface ReachedMailbox {
  readonly origin: string;
  readonly mailbox: Mailbox;
  /** `null` unless one was asked for. */
  readonly nameplate: Nameplate | null;
  listen(listener: Listener): void;
}

export interface Reach {
  readonly origins: readonly string[];
  readonly at: MailboxId | Nameplate;
  readonly role: MailboxRole;
  readonly random: Random;
  readonly signal: AbortSignal;
}

/**
 * Throws `LK-PAIR-CROWDED`, `LK-PAIR-EXPIRED` when a relay answered that it is gone, `LK-PAIR-NO-WORDS` when a nameplate is wanted and none
 * is given, `LK-RELAY-UNREACHABLE`.
 */
export async function reachMailbox({ origins, ...reach }: Reach): Promise<ReachedMailbox> {
  const reasons: (Lost | "no-nameplate")[] = [];
  for (const origin of origins) {
    const reached = await tryRelay(origin, reach);
    if (typeof reached !== "string") return reached;
    reasons.push(reached);
    if (reached === "crowded") break;
  }
  throw new VaultError(
    reasons.includes("crowded")
      ? "LK-PAIR-CROWDED"
      : reasons.includes("gone")
        ? "LK-PAIR-EXPIRED"
        : reasons.includes("no-nameplate")
          ? "LK-PAIR-NO-WORDS"
          : "LK-RELAY-UNREACHABLE",
    `no mailbox at ${origins.length} relays: ${reasons.join(", ")}`,
  );
}

function tryRelay(
  origin: string,
  { at, role, random, signal }: Omit<Reach, "origins">,
): Promise<ReachedMailbox | Lost | "no-nameplate"> {
  return new Promise((resolve, reject) => {
    const early: Uint8Array[] = [];
    let lost: Lost | null = null;
    let listener: Listener | null = null;
    const wantsNameplate = role !== "claim" && role.open.wantsNameplate === true;

    let patience: Timer | undefined;

    const reached = (nameplate: Nameplate | null): void => {
      signal.removeEventListener("abort", abort);
      clearTimeout(patience);
      resolve({
        origin,
        mailbox,
        nameplate,
        listen(given) {
          listener = given;
          for (const body of early.splice(0)) given.message(body);
          if (lost !== null) given.lost(lost);
        },
      });
    };
    const giveUp = (): void => {
      clearTimeout(patience);
      mailbox.close(true);
      resolve("no-nameplate");
    };
    const mailbox: Mailbox = openMailbox(origin, at, role, random, {
      ready() {
        if (!wantsNameplate) return reached(null);
        // A relay of before nameplates hangs up on the question, each time.
        patience ??= startTimer(giveUp, NAMEPLATE_MS);
        return undefined;
      },
      nameplate(number) {
        if (number === null) giveUp();
        else reached(number);
      },
      message(body) {
        if (listener === null) early.push(body);
        else listener.message(body);
      },
      lost(reason) {
        lost = reason;
        resolve(reason);
        listener?.lost(reason);
      },
    });
    const abort = (): void => {
      mailbox.close(true);
      reject(signal.reason as Error);
    };
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
}
