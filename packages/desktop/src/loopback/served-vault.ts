/**
 * The vault that `latchkey up` serves, from before it exists: on a machine without one the app makes or joins it, and from then on the host
 * runs as if it had always been there. Tells its listeners whenever something can look different.
 */
import { existsSync } from "node:fs";
import type { Phase } from "@latchkey/web-ui/link/app-message";
import { VaultError } from "@latchkey/core/errors";
import { NO_POLICY } from "@latchkey/core/policy/policy";
import { startBeacons } from "@latchkey/device-host/beacons";
import type { Channel } from "@latchkey/device-host/channel";
import { createRequestDesk, type RequestDesk } from "../browser/request-desk.ts";
import type { CommandContext } from "../cli/context.ts";
import { startBackups } from "../host/backup-timer.ts";
import { verifyBySystem } from "../host/ask-system.ts";
import { callMethod, type MachineServices } from "../host/methods.ts";
import { startRelayService } from "@latchkey/device-host/relay-service";
import type { AskForKey } from "@latchkey/device-host/unlock";
import { VaultHost } from "../host/vault-host.ts";
import { type AutoLock, startAutoLock } from "../policy/auto-lock.ts";
import { watchPolicy } from "../policy/watch-policy.ts";
import type { JsonObject } from "../terminal/json.ts";
import { openVaultFile } from "../vault-file/vault-file.ts";

/** What the host knows of the machine that it runs on. */
export type Machine = Pick<CommandContext, "system" | "policy">;

export class ServedVault {
  readonly path: string;
  readonly machine: Machine;
  readonly reportFault: (fault: unknown) => void;
  /** What websites ask for through the browser extension. */
  readonly requests: RequestDesk = createRequestDesk();
  readonly #listeners = new Set<() => void>();
  #services: MachineServices | null = null;
  #autoLock: AutoLock | null = null;
  #stopBackups: (() => void) | null = null;
  /** Ends what answers the system's requests. */
  #serving: Promise<() => Promise<void>> | null = null;

  /**
   * `mayBeMissing`: begin without a vault. `answering`: the vault that this process has open already, and answers the system from.
   * Throws what `openVaultFile` throws.
   */
  constructor(
    path: string,
    mayBeMissing: boolean,
    reportFault: (fault: unknown) => void,
    machine: Machine = { system: null, policy: NO_POLICY },
    answering: VaultHost | null = null,
  ) {
    this.path = path;
    this.machine = machine;
    this.reportFault = reportFault;
    if (answering !== null) {
      this.#serving = Promise.resolve(async () => {});
      this.#serve(answering);
    } else if (!mayBeMissing || existsSync(path)) this.#serve(new VaultHost(path, openVaultFile(path)));
  }

  get phase(): Phase {
    if (this.#services === null) return "no-vault";
    return this.#services.host.isOpen ? "open" : "locked";
  }

  /** Throws `LK-VAULT-MISSING`. */
  get services(): MachineServices {
    if (this.#services === null) throw new VaultError("LK-VAULT-MISSING", `${this.path} is not there`);
    return this.#services;
  }

  /** Takes over the vault file that was made just now, open at once: whoever made it need not unlock it as well. */
  async adopt(askForKey: AskForKey): Promise<void> {
    const host = new VaultHost(this.path, openVaultFile(this.path));
    try {
      await host.unlock(askForKey);
    } finally {
      this.#serve(host);
    }
  }

  async call(name: string, params: JsonObject, channel: Channel): Promise<JsonObject> {
    const work = (): Promise<JsonObject> => callMethod(this.services, name, params, channel);
    return this.#autoLock === null ? work() : this.#autoLock.using(work);
  }

  /** Called after every change: of the phase, of the vault, of what is known of its relays. Returns the way to stop. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    this.#autoLock?.stop();
    this.#stopBackups?.();
    this.#services?.relays?.stop();
    await (await this.#serving)?.().catch(this.reportFault);
    await this.#services?.host.close();
  }

  #serve(host: VaultHost): void {
    const { reportFault } = this;
    const { system, policy } = this.machine;
    const { autoLockMinutes, forceRelay } = policy.policy;
    const relays = startRelayService(host, reportFault, forceRelay);
    startBeacons(host, reportFault);
    watchPolicy(host, policy, reportFault);
    this.#stopBackups = startBackups(host, reportFault);
    if (autoLockMinutes !== null) this.#autoLock = startAutoLock(host, autoLockMinutes, reportFault);
    const verify = verifyBySystem(system);
    this.#services = { host, isServed: true, relays, system, policy, verify, reportFault };
    // What the system refuses, such as another Windows than 11, is no reason not to serve the vault to everybody else.
    this.#serving ??=
      system?.serve(host, reportFault).catch((fault: unknown) => {
        reportFault(fault);
        return async () => {};
      }) ?? null;
    relays.subscribe(() => this.#tell());
    host.onOpen(() => {
      this.#tell();
      void host
        .device()
        .then((device) => device.subscribe(() => this.#tell()))
        .catch(reportFault);
    });
    // Called before the host locks: what listeners look at then is locked.
    host.onLock(() => queueMicrotask(() => this.#tell()));
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
