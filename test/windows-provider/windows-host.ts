/**
 * A ceremony from Windows' request to the answer, without Wine: the desk, the operation and a real vault file, over Windows in memory. What
 * COM and koffi do between is shown under Wine.
 */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { AAGUID } from "@latchkey/core/authenticator/aaguid";
import { enrol } from "@latchkey/desktop/host/enrolment";
import { readStayOpen, writeStayOpen } from "@latchkey/desktop/host/stay-open";
import type { VaultHost } from "@latchkey/desktop/host/vault-host";
import { foundHost, makeFolder, makeProtector } from "@latchkey/desktop/test/hosts";
import type { CeremonyAnswer, CeremonyKind } from "@latchkey/windows-provider/com/ceremony";
import { CEREMONY_DEADLINE_MS, createCeremonyDesk } from "@latchkey/windows-provider/com/ceremony-desk";
import { createCeremonyKeys } from "@latchkey/windows-provider/plugin/ceremony-keys";
import { createOperation } from "@latchkey/windows-provider/plugin/operation";
import { createReplyTracker } from "@latchkey/windows-provider/plugin/reply-tracker";
import { createRequestVerifier } from "@latchkey/windows-provider/plugin/request-signature";
import { createUserVerification } from "@latchkey/windows-provider/plugin/user-verification";
import { createMemoryWindows } from "@latchkey/windows-provider/test/memory-platform";
import { makeWindowsKey, type WindowsKeyKind } from "../windows-under-wine/windows-keys.ts";

const CLSID = new Uint8Array(16);

export interface SentCeremony {
  readonly transactionId?: Uint8Array;
  readonly signature?: Uint8Array;
  readonly type?: number;
  /** Whether somebody takes the answer. */
  readonly isTaken?: boolean;
}

export type WindowsHost = Awaited<ReturnType<typeof openWindowsHost>>;

export async function openWindowsHost(
  options: {
    /** The kinds of Windows' two keys. */
    readonly operationKey?: WindowsKeyKind;
    readonly verificationKey?: WindowsKeyKind;
    /** Whether Windows Hello opens the vault; else the passphrase alone does. */
    readonly isEnrolled?: boolean;
    readonly stayOpenMinutes?: number;
    /** Milliseconds after which an answer counts as received. */
    readonly confirmMs?: number;
    readonly deadlineMs?: number;
  } = {},
) {
  const { stayOpenMinutes = 0, isEnrolled = true } = options;
  const folder = makeFolder();
  const path = join(folder.path, "vault.latchkey");
  const windows = createMemoryWindows(path);
  const { plugin, hello, system } = windows;
  const operationKey = makeWindowsKey(options.operationKey ?? "P-384");
  const verificationKey = makeWindowsKey(options.verificationKey ?? "P-256");
  plugin.operationKey = operationKey.blob;
  plugin.verificationKey = verificationKey.blob;
  const host: VaultHost = await foundHost(path, "Desk", []);
  if (isEnrolled) await enrol(host.deps.store, makeProtector(), system);
  await host.unlock(async () => makeProtector());
  await writeStayOpen(host, stayOpenMinutes);
  const faults: unknown[] = [];
  const reportFault = (fault: unknown): void => void faults.push(fault);

  const keys = createCeremonyKeys({
    protectorFor: (_, __, cancellation) => system.makeProtector(cancellation),
    verifyUser: createUserVerification(plugin, CLSID),
    keepMs: async () => (host.isOpen ? (await readStayOpen(host)) * 60_000 : 0),
  });
  host.onLock(() => keys.forget());
  const replies = createReplyTracker(host, reportFault, options.confirmMs);
  const mutex = { tryAcquire: () => true, release: () => {} };
  const desk = createCeremonyDesk({
    mutex,
    deadlineMs: options.deadlineMs ?? CEREMONY_DEADLINE_MS,
    reportFault,
    answer: createOperation({
      host,
      verifyRequest: createRequestVerifier(plugin, CLSID),
      keys,
      aaguid: AAGUID,
      replies,
      reportFault,
    }),
    onAnswer: ({ request }, _, isTaken) => replies.replied(request.transactionId, isTaken),
    onLateCancel: (transactionId) => replies.cancelled(transactionId),
  });
  /** Signs whatever is verified, as a person who agrees. */
  let encodedNow: Uint8Array = new Uint8Array();
  plugin.verify = async () => verificationKey.sign(encodedNow);
  hello.gestures = 0;

  return {
    windows,
    host,
    desk,
    keys,
    faults,
    operationKey,
    verificationKey,
    /** Prompts so far: gestures of the key, and user verifications. */
    prompts: () => ({
      gestures: hello.gestures,
      verifications: plugin.calls.filter((call) => call === "verifyUser").length,
    }),
    send(kind: CeremonyKind, encoded: Uint8Array, sending: SentCeremony = {}): Promise<CeremonyAnswer> {
      encodedNow = encoded;
      const request = {
        window: 7,
        transactionId: sending.transactionId ?? new Uint8Array(randomBytes(16)),
        signature: sending.signature ?? operationKey.sign(encoded),
        type: sending.type ?? 1,
        encoded,
      };
      return new Promise((resolve) => {
        desk.begin({ kind, request }, (answer) => {
          resolve(answer);
          return sending.isTaken ?? true;
        });
      });
    },
    async close(): Promise<void> {
      await host.close();
      folder.remove();
    },
  };
}
