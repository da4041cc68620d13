/**
 * What a method of the host is given, and what all methods share: the vault and what runs beside it, checked parameters, the questions that
 * open a locked vault. The methods themselves: `device-methods.ts`.
 */
import { VaultError } from "@latchkey/core/errors";
import type { PolicyReading } from "@latchkey/core/policy/policy";
import { tellNotes } from "./audit-facts.ts";
import type { JsonObject } from "./json.ts";
import type { Channel } from "./channel.ts";
import type { RelayService } from "./relay-service.ts";
import { askForPassphrase, type AskForKey } from "./unlock.ts";
import type { DeviceHost } from "./device-host.ts";

/** A vault in this process and what runs beside it. */
export interface HostServices {
  readonly host: DeviceHost;
  /** Whether this is `latchkey up`, and not a command that opened the file for itself. */
  readonly isServed: boolean;
  /** `null` in a command that needs none. */
  readonly relays: RelayService | null;
  readonly reportFault: (fault: unknown) => void;
  /** What an organization has set on this machine; left out where nobody can. */
  readonly policy?: PolicyReading;
  /** How the person is verified; where it is absent, by a passphrase that is asked for through the channel. */
  readonly verify?: (channel: Channel) => AskForKey;
}

export type Method = (services: HostServices, params: Params, channel: Channel) => Promise<JsonObject>;

/** Reads parameters by name and type; a wrong one is a fault of the caller, which is one of our commands. */
export class Params {
  readonly #values: JsonObject;

  constructor(values: JsonObject) {
    this.#values = values;
  }

  text(name: string): string {
    const value = this.#values[name];
    if (typeof value !== "string") throw new VaultError("LK-CLI-HOST", `parameter ${name} is not text`);
    return value;
  }

  optionalText(name: string): string | null {
    return this.#values[name] == null ? null : this.text(name);
  }

  /** Text or true, or `null` to clear. */
  value(name: string): string | boolean | null {
    const value = this.#values[name] ?? null;
    if (value === null || typeof value === "boolean" || typeof value === "string") return value;
    throw new VaultError("LK-CLI-HOST", `parameter ${name} is not text, true, false or null`);
  }

  count(name: string): number {
    const value = this.#values[name];
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
    throw new VaultError("LK-CLI-HOST", `parameter ${name} is not a count`);
  }

  optionalCount(name: string): number | null {
    return this.#values[name] == null ? null : this.count(name);
  }
}

/** Runs a method, and notes for the activity log what it did. */
export async function runMethod<S extends HostServices>(
  services: S,
  [name, method]: readonly [string, (services: S, params: Params, channel: Channel) => Promise<JsonObject>],
  params: JsonObject,
  channel: Channel,
): Promise<JsonObject> {
  const result = await method(services, new Params(params), channel);
  for (const note of tellNotes(name, result, params)) services.host.notebook.note(note);
  return result;
}

/** The verification of the person in front of `channel`. */
export const askKey = ({ host, verify }: HostServices, channel: Channel): AskForKey =>
  verify?.(channel) ??
  askForPassphrase((purpose) => channel.ask({ kind: "passphrase", purpose }), host.deps.random);

/** The device, after unlocking with a question if need be. */
export async function openDevice(services: HostServices, channel: Channel, purpose: string) {
  await services.host.unlock(askKey(services, channel), purpose);
  return services.host.device();
}
