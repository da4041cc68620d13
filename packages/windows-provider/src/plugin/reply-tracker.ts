/**
 * Which passkeys were made and answered, but perhaps not received. Windows tells a provider nothing after its answer; what can be known is
 * that nobody took the answer (the worker had given up), that the transaction was cancelled after it, or that this process died before a
 * while had passed without either. A passkey is noted before its answer leaves, and struck out when that while is over.
 */
import { equalBytes } from "@latchkey/core/bytes/equal";
import { type CborMap, decodeCbor } from "@latchkey/core/cbor/codec";
import { encodeHex } from "@latchkey/core/bytes/text";
import { readUnconfirmed, type Unconfirmed, writeUnconfirmed } from "@latchkey/desktop/host/unconfirmed";
import type { DeviceHost } from "@latchkey/device-host/device-host";
import type { ReportFault } from "../native/slots.ts";

/** Milliseconds without a cancel after which an answer counts as received: a browser cancels at once when it has lost its page. */
const CONFIRM_MS = 10_000;
/** Of authenticator data (WebAuthn L3 § 6.1): hash, flags, counter and AAGUID come before the length of the id. */
const ID_LENGTH_AT = 32 + 1 + 4 + 16;

export interface ReplyTracker {
  /** Before the answer of a ceremony that made a passkey leaves: `response` is the answer. */
  made(transactionId: Uint8Array, response: Uint8Array): Promise<void>;
  /** After it: whether somebody took it. */
  replied(transactionId: Uint8Array, isTaken: boolean): void;
  /** A cancel for a transaction that is not under way: perhaps of one that was answered just now. */
  cancelled(transactionId: Uint8Array): void;
  /** The answer of a sign-in: the site knows that passkey. */
  signedIn(response: Uint8Array): Promise<void>;
}

export function createReplyTracker(
  host: DeviceHost,
  reportFault: ReportFault,
  confirmMs = CONFIRM_MS,
): ReplyTracker {
  const credentials = new Map<string, Uint8Array>();
  const timers = new Map<string, NodeJS.Timeout>();
  let noted: Promise<readonly Unconfirmed[]> | null = null;
  host.onLock(() => {
    noted = null;
  });

  /** One change after the other. */
  function change(make: (entries: readonly Unconfirmed[]) => readonly Unconfirmed[]): Promise<void> {
    const changed = (noted ?? readUnconfirmed(host)).then(async (before) => {
      const after = make(before);
      if (after.length !== before.length) await writeUnconfirmed(host, after);
      return after;
    });
    noted = changed.catch(() => readUnconfirmed(host));
    noted.catch(() => {
      noted = null;
    });
    return changed.then(() => {});
  }

  const strike = (credentialId: Uint8Array): Promise<void> =>
    change((entries) => entries.filter((entry) => !equalBytes(entry.credentialId, credentialId)));

  function forget(transaction: string): void {
    clearTimeout(timers.get(transaction));
    timers.delete(transaction);
    credentials.delete(transaction);
  }

  return {
    async made(transactionId, response) {
      const credentialId = readMadeId(response);
      credentials.set(encodeHex(transactionId), credentialId);
      await change((entries) => [...entries, { credentialId, at: host.deps.clock.now() }]);
    },
    replied(transactionId, isTaken) {
      const transaction = encodeHex(transactionId);
      const credentialId = credentials.get(transaction);
      if (credentialId === undefined) return;
      if (!isTaken) return forget(transaction);
      const confirm = (): void => {
        forget(transaction);
        if (host.isOpen) strike(credentialId).catch(reportFault);
      };
      timers.set(transaction, setTimeout(confirm, confirmMs).unref());
    },
    cancelled: (transactionId) => forget(encodeHex(transactionId)),
    async signedIn(response) {
      noted ??= readUnconfirmed(host);
      if ((await noted).length > 0) await strike(readUsedId(response));
    },
  };
}

function readMadeId(response: Uint8Array): Uint8Array {
  const data = (decodeCbor(response) as CborMap).get(2) as Uint8Array;
  const length = new DataView(data.buffer, data.byteOffset).getUint16(ID_LENGTH_AT);
  return data.slice(ID_LENGTH_AT + 2, ID_LENGTH_AT + 2 + length);
}

const readUsedId = (response: Uint8Array): Uint8Array =>
  ((decodeCbor(response) as CborMap).get(1) as CborMap).get("id") as Uint8Array;
