/**
 * Devices for tests that cross packages: a vault file each, the host of the desktop, real sockets. Keys lie behind a passphrase at a low
 * cost. Two devices pair without the ceremony here; the ceremony has its own tests.
 */
import { NEVER_CANCELLED } from "@latchkey/core/authenticator/cancellation";
import { encodeHex } from "@latchkey/core/bytes/text";
import { admitDevice } from "@latchkey/core/device/admit-device";
import type { Device } from "@latchkey/core/device/device";
import { makeNewcomer, openWelcome } from "@latchkey/core/device/join-vault";
import { wipeTier } from "@latchkey/core/device/tiers";
import { deriveFingerprint } from "@latchkey/core/vault/fingerprint";
import { deriveStateHash } from "@latchkey/core/vault/state-hash";
import { createNativeCredentialCrypto } from "@latchkey/desktop/credential-crypto";
import { createCtapSession } from "@latchkey/desktop/host/ctap-session";
import { callMethod, type MachineServices } from "@latchkey/desktop/host/methods";
import type { JsonObject } from "@latchkey/desktop/terminal/json";
import { makeVaultFile } from "@latchkey/desktop/host/new-vault-file";
import { type RelayService, startRelayService } from "@latchkey/device-host/relay-service";
import { systemClock, systemRandom, type VaultHost } from "@latchkey/desktop/host/vault-host";
import { foundHost, makeProtector, openHost, until, withPassphrase } from "@latchkey/desktop/test/hosts";
import type { Transact } from "../demo/ctap-pipe.ts";

const fail = (fault: unknown): never => {
  throw fault;
};

export class LiveDevice {
  readonly name: string;
  readonly path: string;
  #host: VaultHost;
  #device: Device | null = null;
  #relays: RelayService | null = null;

  private constructor(name: string, host: VaultHost) {
    this.name = name;
    this.path = host.path;
    this.#host = host;
  }

  static async found(path: string, name: string, relays: readonly string[]): Promise<LiveDevice> {
    return LiveDevice.#unlocked(name, await foundHost(path, name, relays));
  }

  /** A vault file that is there; or `host`, which holds it already. */
  static open(path: string, name: string, host: VaultHost = openHost(path)): Promise<LiveDevice> {
    return LiveDevice.#unlocked(name, host);
  }

  static async #unlocked(name: string, host: VaultHost): Promise<LiveDevice> {
    const device = new LiveDevice(name, host);
    try {
      await device.unlock();
    } catch (error) {
      await host.close();
      throw error;
    }
    return device;
  }

  get host(): VaultHost {
    return this.#host;
  }

  /** Throws while it is locked. */
  get device(): Device {
    if (this.#device === null) throw new Error(`${this.name} is locked`);
    return this.#device;
  }

  get isOpen(): boolean {
    return this.#device !== null;
  }

  get document() {
    return this.device.state.document;
  }

  get statuses() {
    return this.#relays?.statuses() ?? [];
  }

  async unlock(): Promise<void> {
    await this.#host.unlock(withPassphrase());
    this.#device = await this.#host.device();
  }

  async lock(): Promise<void> {
    this.#device = null;
    await this.#host.lock();
  }

  /** Ends and starts again, as a process does. Relays stay disconnected. */
  async restart(): Promise<void> {
    await this.close();
    this.#host = openHost(this.path);
    await this.unlock();
  }

  async close(): Promise<void> {
    this.disconnect();
    this.#device = null;
    await this.#host.close();
  }

  /** Connects to the relays of the vault, as long as it is open. */
  connect(): void {
    this.#relays ??= startRelayService(this.#host, fail);
  }

  disconnect(): void {
    this.#relays?.stop();
    this.#relays = null;
  }

  /** What the methods of a host are called with; connects first. */
  get services(): MachineServices {
    this.connect();
    return { host: this.#host, isServed: false, relays: this.#relays, reportFault: fail };
  }

  /** Runs a method of the host, with the passphrase wherever one is asked for. */
  call(
    name: string,
    params: JsonObject,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<JsonObject> {
    return callMethod(this.services, name, params, {
      tell: () => {},
      ask: async () => "correct horse",
      signal,
    });
  }

  /** Resolves when every relay holds what this device has, and the other way round. */
  async settled(): Promise<void> {
    await until(() => this.statuses.length > 0 && this.statuses.every(({ state }) => state === "settled"));
  }

  /** The authenticator in front of this vault, whose person always has the passphrase. */
  readonly transact: Transact = async (request) => {
    const session = createCtapSession(this.#host, withPassphrase(), fail);
    try {
      return await session.handle(request, NEVER_CANCELLED);
    } finally {
      session.end();
    }
  };

  /** Makes another device a member and gives it a vault file of its own, handing everything over directly. */
  async pair(path: string, name: string): Promise<LiveDevice> {
    const crypto = createNativeCredentialCrypto();
    const newcomer = makeNewcomer(systemRandom);
    const signing = await this.#host.openSigning(withPassphrase(), "add a device");
    const candidate = { identity: newcomer.identity, name, platform: "Linux" };
    const welcome = await admitDevice(this.device, signing, candidate);
    wipeTier(signing);
    const joining = openWelcome(newcomer, welcome, { crypto });
    const snapshot = (await this.device.readSnapshot()) as Uint8Array;
    await makeVaultFile(path, (store) =>
      joining.finish(
        { store, random: systemRandom, clock: systemClock, crypto },
        makeProtector(),
        snapshot,
        this.device.relays(),
      ),
    );
    const joined = await LiveDevice.open(path, name);
    await joined.device.receive(await this.readEntries());
    return joined;
  }

  /** Every entry it has, in the order in which they were accepted. */
  async readEntries(): Promise<Uint8Array[]> {
    const accepted = [...this.device.state.accepted.values()].sort((a, b) => a.position - b.position);
    return (await this.device.readEntries(accepted.map(({ hash }) => hash))).map(({ bytes }) => bytes);
  }
}

/** Both devices get everything that the other has, without any relay. */
export async function exchange(a: LiveDevice, b: LiveDevice): Promise<void> {
  await b.device.receive(await a.readEntries());
  await a.device.receive(await b.readEntries());
}

/** What two devices with the same vault have in common: what they show, its hash, the words that people compare. */
export async function viewOf({ device }: LiveDevice) {
  const { document } = device.state;
  return {
    passkeys: document.list(),
    stateHash: encodeHex(deriveStateHash(document)),
    fingerprint: (await deriveFingerprint(device.context.epoch.logId, document.heads())).join(" "),
  };
}
