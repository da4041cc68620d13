/** Windows' side in memory: a registration and a cache that behave as `webauthn.dll` does, for tests on any system. */
import { HRESULT, HresultError } from "../../src/native/hresult.ts";
import type {
  CachedCredential,
  VerificationRequest,
  WebAuthnPlugin,
} from "../../src/native/webauthn-plugin.ts";

export interface MemoryPlugin extends WebAuthnPlugin {
  /** Names of calls in their order. */
  readonly calls: string[];
  readonly cache: Map<string, CachedCredential>;
  state: "disabled" | "enabled" | null;
  /** authenticatorGetInfo as Windows has it. */
  info: Uint8Array;
  /** Windows calls back: the state may have changed. */
  changed(): void;
  /** The next call of this name throws. */
  failNext(call: string, hresult: number): void;
  operationKey: Uint8Array;
  verificationKey: Uint8Array;
  /** What PerformUserVerification answers. */
  verify: (request: VerificationRequest) => Promise<Uint8Array>;
}

const keyOf = ({ credentialId }: CachedCredential): string => Buffer.from(credentialId).toString("hex");

export function createMemoryPlugin(): MemoryPlugin {
  const failures = new Map<string, number>();
  const listeners = new Set<() => void>();
  function note(call: string): void {
    plugin.calls.push(call);
    const hresult = failures.get(call);
    failures.delete(call);
    if (hresult !== undefined) throw new HresultError(hresult, call);
  }

  const plugin: MemoryPlugin = {
    calls: [],
    cache: new Map(),
    state: null,
    info: new Uint8Array(),
    operationKey: new Uint8Array(),
    verificationKey: new Uint8Array(),
    verify: async () => new Uint8Array(),
    failNext: (call, hresult) => void failures.set(call, hresult),
    getState() {
      note("getState");
      return plugin.state;
    },
    async add({ info }) {
      note("add");
      if (plugin.state !== null) throw new HresultError(HRESULT.exists, "add");
      plugin.state = "disabled";
      plugin.info = info;
      return plugin.operationKey;
    },
    async update({ info }) {
      note("update");
      if (plugin.state === null) throw new HresultError(HRESULT.notFound, "update");
      plugin.info = info;
    },
    remove() {
      note("remove");
      if (plugin.state === null) throw new HresultError(HRESULT.notFound, "remove");
      plugin.state = null;
    },
    changed() {
      for (const listener of listeners) listener();
    },
    onStateChange(_, listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    addCredentials(_, credentials) {
      note("addCredentials");
      if (credentials.some((entry) => plugin.cache.has(keyOf(entry)))) {
        throw new HresultError(HRESULT.exists, "addCredentials");
      }
      for (const entry of credentials) plugin.cache.set(keyOf(entry), entry);
    },
    removeCredentials(_, credentials) {
      note("removeCredentials");
      for (const entry of credentials) plugin.cache.delete(keyOf(entry));
    },
    removeAllCredentials() {
      note("removeAllCredentials");
      plugin.cache.clear();
    },
    listCredentials() {
      note("listCredentials");
      return [...plugin.cache.values()];
    },
    async verifyUser(request) {
      note("verifyUser");
      return plugin.verify(request);
    },
    countVerifications: () => 0,
    getVerificationKey() {
      note("getVerificationKey");
      return plugin.verificationKey;
    },
    getOperationKey() {
      note("getOperationKey");
      return plugin.operationKey;
    },
  };
  return plugin;
}
