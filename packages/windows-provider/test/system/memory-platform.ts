/** Windows in memory: its plugin functions, an account and a Windows Hello that can be refused, set up anew, and counted. */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";
import { VaultError } from "@latchkey/core/errors";
import { CHANNELS } from "../../src/channel.ts";
import type { WindowsFacts } from "../../src/doctor/facts.ts";
import type { AccountSecrets } from "../../src/native/dpapi.ts";
import type { HelloKey } from "../../src/native/hello.ts";
import { HRESULT, HresultError } from "../../src/native/hresult.ts";
import { createWindowsSystem, type WindowsSystem } from "../../src/system.ts";
import { createMemoryPlugin, type MemoryPlugin } from "../plugin/memory-plugin.ts";

export const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));

export function makeAccount(): AccountSecrets {
  const key = randomBytes(32);
  return {
    protect(secret, binding) {
      const iv = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(binding);
      return new Uint8Array(Buffer.concat([iv, cipher.update(secret), cipher.final(), cipher.getAuthTag()]));
    },
    unprotect(blob, binding) {
      try {
        const decipher = createDecipheriv("aes-256-gcm", key, blob.subarray(0, 12)).setAAD(binding);
        decipher.setAuthTag(blob.subarray(-16));
        return new Uint8Array(Buffer.concat([decipher.update(blob.subarray(12, -16)), decipher.final()]));
      } catch {
        return null;
      }
    },
  };
}

export interface MemoryHello extends HelloKey {
  gestures: number;
  /** What the next gestures come to. */
  mood: "agrees" | "refuses" | "is unfit" | "is remote";
  /** The person has set up Windows Hello anew: its keys are gone. */
  reset(): void;
}

/** Signs the same way each time, as PKCS#1 v1.5 does. */
export function createMemoryHello(): MemoryHello {
  let key: Uint8Array | null = null;
  const hello: MemoryHello = {
    gestures: 0,
    mood: "agrees",
    reset() {
      key = null;
    },
    async sign(data, { make = false } = {}) {
      if (hello.mood === "is remote") throw new HresultError(HRESULT.notSupported, "RequestSignAsync");
      if (key === null && !make) throw new VaultError("LK-KEY-HELLO-GONE", "no such key");
      key ??= random(32);
      hello.gestures++;
      if (hello.mood === "refuses") throw new VaultError("LK-AUTH-DENIED", "refused");
      if (hello.mood === "is unfit") return random(256);
      return new Uint8Array(createHmac("sha512", key).update(data).digest());
    },
  };
  return hello;
}

export interface MemoryWindows {
  readonly plugin: MemoryPlugin;
  readonly hello: MemoryHello;
  readonly system: WindowsSystem;
  /** Pages of Settings that were opened. */
  readonly opened: string[];
  isRemote: boolean;
  /** This process serves the class: what would wait for it must not be asked here. */
  isServing: boolean;
}

const never = (): never => {
  throw new TypeError("nothing serves in this test");
};

export function createMemoryWindows(vault: string): MemoryWindows {
  const plugin = createMemoryPlugin();
  const hello = createMemoryHello();
  const secrets = makeAccount();
  const facts = (): WindowsFacts => ({
    build: "26200.8524",
    edition: "Professional",
    missingExports: [],
    packageName: "Latchkey_1.0.0.0_x64__abc",
    isRemote: windows.isRemote,
    hello: { value: true },
    tpm: "2.0",
    state: { value: plugin.state },
    operationKey: { value: "ECDSA P-384" },
    verifications: { value: 0 },
    ownClass: { value: "locked" },
    listed: { value: [...plugin.cache.keys()] },
    extensions: [],
    failures: [],
  });
  const windows: MemoryWindows = {
    plugin,
    hello,
    opened: [],
    isRemote: false,
    isServing: false,
    system: createWindowsSystem({
      channel: CHANNELS.stable,
      vault,
      random,
      failures: { read: () => [], note: () => {} },
      workerScript: new URL("file:///nowhere.mjs"),
      language: "en",
      platform: {
        plugin: () => plugin,
        hello: () => hello,
        secrets: () => secrets,
        isRemote: () => windows.isRemote,
        openAddress: (address) => windows.opened.push(address),
        gatherSetUpFacts: async () => facts(),
        gatherFacts: async () => {
          if (windows.isServing) throw new TypeError("waits for itself");
          return facts();
        },
        startProvider: never,
      },
    }),
  };
  return windows;
}
