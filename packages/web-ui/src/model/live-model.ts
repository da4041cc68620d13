/** The model of a device that sends its changes: each message is applied at once, so no screen ever sees half of one. */
import { batch, signal } from "@preact/signals";
import type { PlaceMessage, SiteRequestMessage, SiteRequestView, VaultMessage } from "../link/app-message.ts";
import type { Place, VaultModel } from "./vault-model.ts";
import type { DeviceView, MailboxView, PasskeyView, VaultFacts } from "./vault-view.ts";
import { UNMANAGED } from "./managed-view.ts";

export interface LiveModel extends VaultModel {
  apply(message: PlaceMessage | VaultMessage | SiteRequestMessage): void;
  /** For what the device does not say itself: that it is not there. */
  setPlace(place: Place): void;
}

export function createLiveModel(): LiveModel {
  const place = signal<Place>("connecting");
  const machine = signal("");
  const methods = signal<readonly string[]>([]);
  const managed = signal(UNMANAGED);
  const passkeys = signal<readonly PasskeyView[]>([]);
  const devices = signal<readonly DeviceView[]>([]);
  const mailboxes = signal<readonly MailboxView[]>([]);
  const facts = signal<VaultFacts | null>(null);
  const request = signal<SiteRequestView | null>(null);

  /** Nothing of a vault stays in the page once it is not open. */
  function setPlace(next: Place): void {
    batch(() => {
      place.value = next;
      if (next === "open") return;
      passkeys.value = [];
      devices.value = [];
      mailboxes.value = [];
      facts.value = null;
      // Without a host nobody waits for an answer.
      if (next === "ended" || next === "no-key") request.value = null;
    });
  }

  function applyVault({ whole, changed, removed, ...rest }: VaultMessage): void {
    batch(() => {
      facts.value = rest.facts;
      devices.value = rest.devices;
      mailboxes.value = rest.mailboxes;
      if (!whole && changed.length === 0 && removed.length === 0) return;
      const next = new Map(whole ? [] : passkeys.value.map((passkey) => [passkey.id, passkey]));
      for (const id of removed) next.delete(id);
      for (const passkey of changed) next.set(passkey.id, passkey);
      passkeys.value = [...next.values()];
    });
  }

  return {
    place,
    machine,
    methods,
    managed,
    passkeys,
    devices,
    mailboxes,
    facts,
    request,
    setPlace,
    apply(message) {
      if (message.type === "vault") return applyVault(message);
      if (message.type === "request") {
        request.value = message.request;
        return undefined;
      }
      machine.value = message.machine;
      methods.value = message.methods;
      managed.value = message.managed ?? UNMANAGED;
      return setPlace(message.phase);
    },
  };
}
