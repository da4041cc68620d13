/**
 * Calling functions of a DLL that may not have them: looked for when first called, a missing one answers E_NOTIMPL. For those with a
 * successor (`…2`) the successor is tried first; builds export it as a stub before it works. What answered E_NOTIMPL once is not asked again.
 */
import { checkHresult, HRESULT } from "./hresult.ts";
import { copyBytes } from "./memory.ts";
import type { NativeFunction, NativeType, SystemLibrary } from "./system-library.ts";

export type ExportFinder = Pick<SystemLibrary, "find">;

export class PluginExports {
  readonly #library: ExportFinder | null;
  readonly #known = new Map<string, NativeFunction | null>();
  readonly #stubs = new Set<string>();

  constructor(library: ExportFinder | null) {
    this.#library = library;
  }

  find(name: string, types: readonly NativeType[], result: NativeType = "int32_t"): NativeFunction | null {
    let found = this.#known.get(name);
    if (found === undefined) {
      found = this.#library?.find(name, result, types) ?? null;
      this.#known.set(name, found);
    }
    return found;
  }

  /** The HRESULT, whatever it is. */
  attempt(name: string, types: readonly NativeType[], ...parameters: unknown[]): number {
    const found = this.find(name, types);
    return found === null ? HRESULT.notImplemented : (found(...parameters) as number);
  }

  /** Throws `HresultError` for a failure. */
  call(name: string, types: readonly NativeType[], ...parameters: unknown[]): void {
    checkHresult(this.attempt(name, types, ...parameters), name);
  }

  /** The same on a thread of libuv's pool, for calls that wait for a person. Buffers live on in the closure. */
  attemptInBackground(name: string, types: readonly NativeType[], ...parameters: unknown[]): Promise<number> {
    const found = this.find(name, types);
    if (found === null) return Promise.resolve(HRESULT.notImplemented);
    return new Promise((resolve, reject) => {
      found.async(...parameters, (error: Error | null, hresult: number) => {
        if (error === null) resolve(hresult);
        else reject(error);
      });
    });
  }

  /** Asks the successor of `name`, and `name` itself where that one is missing or a stub. Throws `HresultError` for a failure. */
  async newest(
    name: string,
    ask: (name: string, isSuccessor: boolean) => number | Promise<number>,
  ): Promise<void> {
    const successor = `${name}2`;
    if (!this.#stubs.has(successor)) {
      const hresult = await ask(successor, true);
      if (hresult !== HRESULT.notImplemented) return checkHresult(hresult, successor);
      this.#stubs.add(successor);
    }
    checkHresult(await ask(name, false), name);
  }

  /** Calls a function that frees something; without it nothing can be freed. */
  release(name: string, types: readonly NativeType[], ...parameters: unknown[]): void {
    this.find(name, types, "void")?.(...parameters);
  }

  /** Bytes that Windows has allocated: copied, then freed by Windows' own function. */
  takeBlob(freeName: string, length: Buffer, pointer: Buffer): Uint8Array {
    const address = pointer.readBigUInt64LE();
    if (address === 0n) return new Uint8Array();
    try {
      return copyBytes(address, length.readUInt32LE());
    } finally {
      this.release(freeName, ["void *"], address);
    }
  }
}
