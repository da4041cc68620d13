/** The commands of a device whose host is at the other end of a link. */
import { encodeBase64url } from "@latchkey/core/bytes/text";
import type {
  AddDeviceDoor,
  AddDeviceEvent,
  BroughtCode,
  DeviceCommands,
  JoinDoor,
  JoinEvent,
} from "../model/vault-model.ts";
import type {
  CopiesView,
  ExposedPasskeyView,
  HistoryEventView,
  LearntView,
  ProviderView,
} from "../model/vault-view.ts";
import type { ActivityView, RotationStepView, SitePagesView } from "../model/activity-view.ts";
import type { JsonObject } from "./app-message.ts";
import type { HostLink, Talk } from "./host-link.ts";
import { createMovingCommands } from "./moving-commands.ts";
import { createRecoveryCommands } from "./recovery-commands.ts";

export function createLinkCommands(link: HostLink): DeviceCommands {
  const run = async (method: string, params: JsonObject = {}, talk: Talk = {}): Promise<void> => {
    await link.call(method, params, talk);
  };
  const answer = (passphrase: string): Talk => ({ onAsk: async () => passphrase });

  return {
    async suggestPassphrase() {
      return (await link.call("passphrase.suggest", {}))["passphrase"] as string;
    },
    createVault: (name, passphrase) => run("vault.create", { name }, answer(passphrase)),
    joinVault: (plan, onEvent, signal) =>
      run(
        "vault.join",
        { name: plan.name, ...encodeJoinDoor(plan.door) },
        {
          ...answer(plan.passphrase),
          signal,
          onTell: (told) => {
            const event = readJoinEvent(told);
            if (event !== null) onEvent(event);
          },
        },
      ),
    unlock: (passphrase) => run("unlock", {}, answer(passphrase)),
    lock: () => run("lock"),
    answerRequest: (request, passphrase, account) =>
      run(
        "request.answer",
        { request, account, typed: passphrase !== null },
        passphrase === null ? {} : answer(passphrase),
      ),
    denyRequest: (request, forOthers) => run("request.deny", { request, forOthers }),
    editPasskey: (passkey, field, value) => run("passkey.edit", { passkey, field, value }),
    deletePasskey: (passkey) => run("passkey.delete", { passkey }),
    restorePasskey: (passkey) => run("passkey.restore", { passkey }),
    resolveConflict: (passkey, field, choice) => run("conflict.resolve", { passkey, field, choice }),
    async readHistory(passkey) {
      const { events } = await link.call("passkey.history", { passkey });
      return events as unknown as readonly HistoryEventView[];
    },
    restoreEarlier: (passkey, change, field) => run("passkey.restoreEarlier", { passkey, change, field }),
    async readCopies(passkey) {
      return (await link.call("passkey.show", { passkey }))["copies"] as unknown as CopiesView;
    },
    purgePasskey: (passkey, passphrase) => run("passkey.purge", { passkey }, answer(passphrase)),
    ...createMovingCommands(link),
    ...createRecoveryCommands(link),
    syncNow: () => run("sync.now"),
    renameDevice: (device, name) => run("device.rename", { device, name }),
    async removeDevice(device, passphrase) {
      const { exposed } = await link.call("device.remove", { device, lost: true }, answer(passphrase));
      return exposed as unknown as readonly ExposedPasskeyView[];
    },
    async readActivity(days) {
      return (await link.call("audit.list", { days })) as unknown as ActivityView;
    },
    async readRotation(device) {
      const { steps } = await link.call("rotate.plan", { device });
      return steps as unknown as readonly RotationStepView[];
    },
    markRotated: (passkey, isDone) => run("rotate.done", { passkey, undo: !isDone }),
    async findSitePages(passkey) {
      return (await link.call("rotate.page", { passkey })) as unknown as SitePagesView;
    },
    approveDevice: (device, passphrase) => run("device.approve", { device }, answer(passphrase)),
    denyDevice: (device, passphrase) => run("device.deny", { device }, answer(passphrase)),
    withdrawIntent: (intent) => run("intent.withdraw", { intent }),
    setApproval: (mode, passphrase) => run("settings.approval", { mode }, answer(passphrase)),
    removeMailbox: (origin) => run("relay.remove", { origin }),
    async practiseRegister(name, passphrase) {
      return (await link.call("practice.register", { name }, answer(passphrase))) as unknown as LearntView;
    },
    async practiseSignIn(passphrase) {
      return (await link.call("practice.signIn", {}, answer(passphrase))) as unknown as LearntView;
    },
    async readProvider(language) {
      return (await link.call("provider.steps", { language })) as unknown as ProviderView;
    },
    setUpProvider: (passphrase) => run("provider.setUp", {}, answer(passphrase)),
    switchProviderOn: (signal) => run("provider.switchOn", {}, { signal }),
    addMailbox: (address) => run("relay.add", { address }),
    startMailbox: () => run("mailbox.start"),
    async addDevice(door, talk, signal) {
      const { name } = await link.call("device.add", encodeAddDoor(door), {
        signal,
        wishes: talk.wishes,
        onAsk: (kind) => (kind === "passphrase" ? talk.askPassphrase() : talk.askCode()),
        onTell: (told) => {
          const event = readAddDeviceEvent(told);
          if (event !== null) talk.onEvent(event);
        },
      });
      return name as string;
    },
  };
}

function encodeJoinDoor(door: JoinDoor): JsonObject {
  switch (door.kind) {
    case "invitation":
      return { door: door.kind, ...encodeCode(door.code) };
    case "words":
      return { door: door.kind, text: door.words, relay: door.mailbox };
    case "request":
      return { door: door.kind, relay: door.mailbox };
  }
}

function encodeAddDoor(door: AddDeviceDoor): JsonObject {
  if (door.kind === "request") return { door: door.kind, ...encodeCode(door.code) };
  return door.kind === "words" ? { door: door.kind } : { door: door.kind, app: door.app };
}

/** Pictures are base64url, as the host reads them. */
const encodeCode = (code: BroughtCode): JsonObject =>
  "text" in code ? { text: code.text } : { picture: encodeBase64url(code.picture) };

/** `null`: an event of another kind. */
export function readJoinEvent(told: JsonObject): JoinEvent | null {
  switch (told["event"]) {
    case "code":
      return { kind: "code", code: told["code"] as string, vaultWords: told["vault"] as string };
    case "request":
      return {
        kind: "request",
        text: told["text"] as string,
        modules: told["modules"] as readonly string[],
      };
    case "copying":
      return { kind: "copying" };
    default:
      return null;
  }
}

function readAddDeviceEvent(told: JsonObject): AddDeviceEvent | null {
  const kind = told["event"];
  switch (kind) {
    case "invitation":
      return { kind, text: told["text"] as string, modules: told["modules"] as readonly string[] };
    case "words":
      return { kind, words: told["words"] as string, mailbox: told["mailbox"] as string };
    case "ends":
      return { kind, at: told["at"] as string, isFinal: told["isFinal"] as boolean };
    case "last-invitation":
    case "claimed":
      return { kind };
    case "candidate":
      return { kind, name: told["name"] as string, platform: told["platform"] as string };
    case "code-refused":
      return { kind, triesLeft: told["triesLeft"] as number };
    default:
      return null;
  }
}
