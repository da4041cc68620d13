/**
 * The port to a system that has passkey providers of its own: Windows 11. Whoever knows that system implements it; on every other one, and
 * in a Latchkey that was not installed as a package, there is none (`null`).
 */
import type { Cancellation } from "@latchkey/core/authenticator/cancellation";
import type { Device } from "@latchkey/core/device/device";
import type { KeyProtector, Tier } from "@latchkey/core/ports";
import type { Check } from "../commands/doctor/check.ts";
import type { DeviceHost } from "@latchkey/device-host/device-host";

/** `missing`: the system does not know us; `disabled`: the person has not switched us on in its settings. */
export type RegistrationState = "missing" | "disabled" | "enabled";

export interface RegistrationWishes {
  /** The system is told of EdDSA, too. */
  readonly eddsa?: boolean;
}

export interface SystemRegistration {
  /** Throws `LK-WINDOWS-…`, as all of these do. */
  read(): RegistrationState;
  /** Adds or updates, so that what is not wished is as it comes; as often as one likes. The person has to switch on what was added. */
  register(wishes?: RegistrationWishes): Promise<Exclude<RegistrationState, "missing">>;
  /** Takes passkeys and provider out of the system's lists; it is no failure when neither is there. */
  remove(): void;
  /** Shows the page of the system's settings where the switch is, if it can. */
  openSettings(): void;
  /** Resolves when the state is another one than `known`. Throws the reason of `signal`. */
  waitForChange(known: RegistrationState, signal: AbortSignal): Promise<RegistrationState>;
}

export interface SystemProvider {
  /** The one vault that the system opens for this person: it starts us without any option. */
  readonly vault: string;
  /** Kinds of its records among the ways to a tier's key (`key-protection/ways.ts`). */
  readonly ways: Readonly<Record<Tier, string>>;
  /** The metadata tier costs nothing, the signing tier one gesture each time. Throws `LK-AUTH-DENIED`, `LK-KEY-…`, `LK-WINDOWS-…`. */
  makeProtector(cancellation?: Cancellation): KeyProtector;
  readonly registration: SystemRegistration;
  /** Answers the system's requests from this vault until the process ends. Returns what ends it before. */
  serve(host: DeviceHost, reportFault: (fault: unknown) => void): Promise<() => Promise<void>>;
  /** Ids, in hexadecimal, of the passkeys that the system's list should have. */
  listPasskeys(device: Device): readonly string[];
  /** Looks at every link of the chain. `listable`: as `listPasskeys` gives it, `null` while the vault is locked. Waits for the
   * process that serves the system's requests: not for that process itself. */
  examine(listable: readonly string[] | null): Promise<readonly Check[]>;
  /** The links up to the person's switch, for every process. `language`: left out, the system's. */
  examineSetUp(language?: "de" | "en"): Promise<readonly Check[]>;
}
