/**
 * A DLL of Windows, loaded from System32 by its full path and bound by name: ordinals shift between builds, and a folder of the program
 * must not stand in for Windows. What a build does not export is `null`, for most of the plugin functions are younger than Windows 11.
 *
 * The folder's name comes from kernel32 itself, one of the DLLs that Windows maps for every process, and not from the environment.
 */
import { win32 } from "node:path";
import koffi, { type KoffiFunc, type TypeObject } from "koffi";

/** What koffi accepts as a type: a name, or one made with it. */
export type NativeType = string | TypeObject;

// Parameters are checked by koffi against the declared types when a function is called.
// oxlint-disable-next-line typescript/no-explicit-any
export type NativeFunction = KoffiFunc<(...parameters: any[]) => any>;

export interface SystemLibrary {
  /** The exported function, or `null` when this Windows has none of that name. */
  find(name: string, result: NativeType, parameters: readonly NativeType[]): NativeFunction | null;
  /** Throws `TypeError` when it is missing: for what every Windows 11 has. */
  get(name: string, result: NativeType, parameters: readonly NativeType[]): NativeFunction;
}

const MAX_PATH = 260;
let folder: string | null = null;

/** `C:\Windows\System32`. */
function systemFolder(): string {
  if (folder !== null) return folder;
  const path = Buffer.alloc(MAX_PATH * 2);
  const getSystemDirectory = koffi
    .load("kernel32.dll")
    .func("GetSystemDirectoryW", "uint32_t", ["void *", "uint32_t"]);
  const length = getSystemDirectory(path, MAX_PATH) as number;
  if (length === 0 || length >= MAX_PATH) throw new TypeError("Windows gives no System32 folder");
  return (folder = path.toString("utf16le", 0, length * 2));
}

/** `null` when the DLL cannot be loaded: there is none, or this is not Windows. */
export function openSystemLibrary(name: string): SystemLibrary | null {
  if (process.platform !== "win32") return null;
  let library: ReturnType<typeof koffi.load>;
  try {
    library = koffi.load(win32.join(systemFolder(), name));
  } catch {
    return null;
  }
  const find: SystemLibrary["find"] = (symbol, result, parameters) => {
    try {
      return library.func(symbol, result, [...parameters]);
    } catch {
      return null;
    }
  };
  return {
    find,
    get(symbol, result, parameters) {
      const found = find(symbol, result, parameters);
      if (found === null) throw new TypeError(`${name} has no ${symbol}`);
      return found;
    },
  };
}

/** Throws `TypeError` when it cannot be loaded. */
export function requireSystemLibrary(name: string): SystemLibrary {
  const library = openSystemLibrary(name);
  if (library === null) throw new TypeError(`${name} cannot be loaded from System32`);
  return library;
}
