/**
 * The phone as the screens see it: where it stands, and a link to the device in the same page. Light: whether there is a copy is looked up at
 * once, and the device itself, with Automerge and libsodium, is loaded behind the first screen.
 */
import { signal, type Signal } from "@preact/signals";
import { isVaultError, VaultError } from "@latchkey/core/errors";
import type { JsonObject, PlaceMessage, VaultMessage } from "@latchkey/web-ui/link/app-message";
import type { HostLink, Talk } from "@latchkey/web-ui/link/host-link";
import { CommandError } from "@latchkey/web-ui/model/vault-model";
import type { LiveModel } from "@latchkey/web-ui/model/live-model";
import type { DeviceStore } from "@latchkey/core/storage/device-store";
import type { Channel } from "@latchkey/device-host/channel";
import type { JoinDoor } from "@latchkey/device-host/join-doors";
import type { PhoneHost } from "./device/phone-host.ts";
import type { Protection } from "./device/join.ts";
import { namePhone, namePlatform } from "./name-phone.ts";
import { readCopyNote, writeCopyNote } from "./storage/copy-note.ts";
import { askForPersistence } from "./storage/persistence.ts";
import { openVaultDatabase, removeVaultDatabase, takeVaultLock } from "./storage/vault-database.ts";
import { readUnlockWay, type UnlockWay } from "./unlock/unlock-way.ts";

const loadDevice = () => import("./device/entry.ts");

export interface JoinRequest {
  readonly name: string;
  readonly door: JoinDoor;
  readonly protection: Protection;
}

export interface Phone {
  readonly link: HostLink;
  /** How the copy is unlocked; meaningless without one. */
  readonly unlockBy: Signal<UnlockWay["by"]>;
  /** On how many other devices the vault is, as far as this phone knew. */
  otherDevices(): number;
  join(request: JoinRequest, talk: Talk): Promise<void>;
  /** Erases the copy of this phone, so that it can be added anew. */
  removeCopy(): Promise<void>;
}

export function startPhone(model: LiveModel, reportFault: (fault: unknown) => void): Phone {
  const unlockBy = signal<UnlockWay["by"]>("passphrase");
  let host: PhoneHost | null = null;

  function show(phase: PlaceMessage["phase"], methods: readonly string[]): void {
    model.apply({ type: "place", phase, machine: namePhone(navigator), methods });
  }

  /** The browser cleared the copy: of what was open nothing can be saved any more. */
  function lose(): void {
    void host?.close().catch(() => {});
    host = null;
    model.setPlace("lost-copy");
  }

  async function serve(store: DeviceStore): Promise<PhoneHost> {
    const way = await readUnlockWay(store);
    unlockBy.value = way.by;
    show("locked", []);
    const { startPhoneHost, PHONE_METHODS } = await loadDevice();
    host = startPhoneHost(store, way, {
      phase: (isOpen) => show(isOpen ? "open" : "locked", PHONE_METHODS),
      vault: onVault,
      fault(fault) {
        if (isVaultError(fault, "LK-VAULT-MISSING")) lose();
        else reportFault(fault);
      },
    });
    return host;
  }

  function onVault(message: VaultMessage): void {
    model.apply(message);
    writeCopyNote(localStorage, { otherDevices: Math.max(0, message.devices.length - 1) });
  }

  async function begin(): Promise<PhoneHost | null> {
    await takeVaultLock(() => model.setPlace("elsewhere"));
    const store = await openVaultDatabase(lose);
    if (store !== null) return serve(store);
    if (readCopyNote(localStorage) === null) show("no-vault", []);
    else model.setPlace("lost-copy");
    return null;
  }

  let started = begin();
  started.then(loadDevice).catch((fault: unknown) => {
    reportFault(fault);
    // What cannot be read is no reason to say that there was nothing.
    if (model.place.value === "connecting") model.setPlace("lost-copy");
  });

  async function call(method: string, params: JsonObject, talk: Talk): Promise<JsonObject> {
    const device = await loadDevice();
    if (method === "passphrase.suggest") return { passphrase: await device.suggestPassphrase() };
    const present = await started;
    if (present === null) throw new VaultError("LK-VAULT-MISSING", "there is no vault in this browser");
    const given = method === "device.add" ? await device.readAddDoor(params, location.origin) : params;
    return device.callPhoneMethod(present.services, method, given, await createChannel(talk));
  }

  addEventListener("online", () => host?.wake());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") host?.wake();
  });

  return {
    link: { call: (method, params, talk = {}) => withCodes(() => call(method, params, talk)) },
    unlockBy,
    otherDevices: () => readCopyNote(localStorage)?.otherDevices ?? 0,
    join: (request, talk) =>
      withCodes(async () => {
        const device = await loadDevice();
        const ended = talk.signal ?? new AbortController().signal;
        const plan = { ...request, platform: namePlatform(navigator), hasVault: (await started) !== null };
        const channel = await createChannel(talk);
        await device.joinWithPhone(plan, (event) => channel.tell(event), ended);
        void askForPersistence(navigator.storage);
        const store = await openVaultDatabase(lose);
        if (store === null) throw new VaultError("LK-VAULT-MISSING", "the new copy is gone");
        writeCopyNote(localStorage, { otherDevices: 1 });
        started = serve(store).then(async (present) => {
          await openAtOnce(present, request.protection);
          return present;
        });
        await started;
      }),
    removeCopy: () =>
      withCodes(async () => {
        await host?.close();
        host = null;
        await removeVaultDatabase();
        writeCopyNote(localStorage, null);
        started = Promise.resolve(null);
        show("no-vault", []);
      }),
  };

  /** Whoever joined just now need not unlock it as well, where a passphrase is at hand; a phone's own prompt is asked again. */
  async function openAtOnce(present: PhoneHost, protection: Protection): Promise<void> {
    if (protection.by !== "passphrase") return;
    const { callPhoneMethod } = await loadDevice();
    const channel = await createChannel({ onAsk: async () => protection.passphrase });
    await callPhoneMethod(present.services, "unlock", {}, channel);
    // Goes on by itself: the vault is here, and what is still to come comes in.
    void callPhoneMethod(present.services, "device.arrive", {}, channel).catch(reportFault);
  }
}

/** The questions of a method go to the screen that asked for it, and end with it. */
async function createChannel(talk: Talk): Promise<Channel> {
  const { signal: ended = new AbortController().signal, wishes } = talk;
  const { drawCode } = await import("./scan/draw-code.ts");
  return {
    signal: ended,
    ...(wishes === undefined ? {} : { wishes }),
    tell: (event) => talk.onTell?.(drawCode(event)),
    ask({ kind, purpose }) {
      if (kind === "request" || talk.onAsk === undefined) throw new TypeError("nobody to ask");
      const stopped = new Promise<never>((_, reject) => {
        const onStop = (): void => reject(new VaultError("LK-CLI-CANCELLED", "given up in the app"));
        if (ended.aborted) onStop();
        else ended.addEventListener("abort", onStop, { once: true });
      });
      return Promise.race([talk.onAsk(kind, purpose), stopped]);
    },
  };
}

async function withCodes<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof VaultError) throw new CommandError(error.code, error.message);
    throw error;
  }
}
