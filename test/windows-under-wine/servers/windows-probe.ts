/**
 * Calls Windows' functions as the provider's native folder binds them, one after the other, and prints what each gave as a line of JSON.
 * Its parameter names the row of calls.
 */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { connectControl, type ControlClient } from "@latchkey/desktop/control/connect-control";
import { deriveControlPath } from "@latchkey/desktop/control/place";
import { createFailureLog } from "@latchkey/windows-provider/doctor/failure-log";
import { gatherFacts } from "@latchkey/windows-provider/doctor/facts";
import { openAccountSecrets } from "@latchkey/windows-provider/native/dpapi";
import { parseGuid } from "@latchkey/windows-provider/native/guid";
import { openHelloKey } from "@latchkey/windows-provider/native/hello";
import { HresultError } from "@latchkey/windows-provider/native/hresult";
import {
  isRemoteSession,
  openProcessMutex,
  readPackageFullName,
} from "@latchkey/windows-provider/native/kernel32";
import { findMissingExports, openWebAuthnPlugin } from "@latchkey/windows-provider/native/webauthn-dll";
import { openWinRt } from "@latchkey/windows-provider/native/winrt";
import { syncCredentialCache } from "@latchkey/windows-provider/plugin/credential-cache";
import { register, unregister } from "@latchkey/windows-provider/plugin/registration";

const folder = import.meta.dirname;
const clsid = parseGuid("00112233-4455-6677-8899-aabbccddeeff");
const plugin = openWebAuthnPlugin((fault) => print("fault", String(fault)));

function print(name: string, value: unknown): void {
  process.stdout.write(`${JSON.stringify({ name, value })}\n`);
}

/** Prints what comes back, or the HRESULT that was thrown. */
async function attempt(name: string, act: () => unknown): Promise<void> {
  try {
    const value: unknown = await act();
    print(name, value instanceof Uint8Array ? Buffer.from(value).toString("hex") : (value ?? null));
  } catch (error) {
    if (!(error instanceof HresultError)) throw error;
    print(name, { hresult: error.hresult });
  }
}

const details = {
  clsid,
  name: "Latchkey",
  rpId: "latchkey.example",
  lightLogo: "PHN2Zy8+",
  darkLogo: "PHN2Zy8+",
  info: Uint8Array.of(0xa0, 1, 2),
};
const passkeys = (names: readonly string[]) =>
  names.map((userName, index) => ({
    credentialId: new Uint8Array(16).fill(index + 1),
    rpId: "example.com",
    rpName: "Beispiel – 例",
    userHandle: Uint8Array.of(index),
    userName,
    userDisplayName: null,
  }));

switch (process.argv[2]) {
  case "registration":
    await attempt("missing exports", () => findMissingExports());
    await attempt("state before", () => plugin.getState(clsid));
    await attempt("register", () => register(plugin, details));
    await attempt("add again", () => plugin.add(details));
    await attempt("register again", () => register(plugin, { ...details, name: "Latchkey 2" }));
    writeFileSync(join(folder, "fake", "state"), "1");
    await attempt("state after the person", () => plugin.getState(clsid));
    await attempt("operation key", () => plugin.getOperationKey(clsid));
    await attempt("verifications", () => plugin.countVerifications(clsid));
    await attempt("unregister", () => unregister(plugin, clsid));
    await attempt("state at the end", () => plugin.getState(clsid));
    break;
  case "cache":
    await attempt("empty", () => plugin.listCredentials(clsid));
    await attempt("first", () => syncCredentialCache(plugin, clsid, passkeys(["a", "b", "c"])));
    await attempt("same", () => syncCredentialCache(plugin, clsid, passkeys(["a", "b", "c"])));
    await attempt("changed", () => syncCredentialCache(plugin, clsid, passkeys(["a", "ü"])));
    await attempt("names", () =>
      plugin.listCredentials(clsid).map(({ userName, rpName }) => [userName, rpName]),
    );
    break;
  case "state change": {
    const { promise: changed, resolve } = Promise.withResolvers<void>();
    const stop = plugin.onStateChange(clsid, resolve);
    writeFileSync(join(folder, "fake", "fire"), "");
    // Callbacks keep no process alive.
    const keepAlive = setInterval(() => {}, 1_000);
    await changed;
    clearInterval(keepAlive);
    stop();
    print("changed", true);
    break;
  }
  case "account": {
    const secrets = openAccountSecrets();
    const [secret, binding] = [Uint8Array.of(1, 2, 3), Uint8Array.of(9)];
    const blob = secrets.protect(secret, binding);
    print("differs from the secret", !Buffer.from(blob).includes(Buffer.from(secret)));
    await attempt("opened", () => secrets.unprotect(blob, binding));
    await attempt("with another binding", () => secrets.unprotect(blob, Uint8Array.of(8)));
    await attempt("damaged", () => secrets.unprotect(blob.with(40, (blob[40] ?? 0) ^ 1), binding));
    const winRt = openWinRt();
    await attempt("Windows Hello", () =>
      winRt === null ? null : openHelloKey(winRt, "Latchkey").sign(secret),
    );
    print("package", readPackageFullName());
    print("remote", isRemoteSession());
    const mutex = openProcessMutex("Latchkey-probe");
    print("mutex", mutex.tryAcquire());
    mutex.release();
    break;
  }
  case "doctor":
    // The class of the CLSID that follows, in another process.
    print(
      "facts",
      await gatherFacts({
        clsid: parseGuid(process.argv[3] ?? ""),
        failures: createFailureLog(join(folder, "refused-requests.json")),
        localAppData: folder,
      }),
    );
    break;
  case "control": {
    // The vault and the folder of the person's own data follow.
    const [vault = "", localAppData = ""] = process.argv.slice(3);
    const path = deriveControlPath(vault, { LOCALAPPDATA: localAppData });
    let control: ControlClient | null = null;
    while ((control = await connectControl(path)) === null) await wait(100);
    const never = () => Promise.reject(new TypeError("nothing is asked"));
    const signal = AbortSignal.timeout(30_000);
    print("status", await control.call("status", {}, { signal, onTell: () => {}, onAsk: never }));
    print("provider", await control.call("provider.status", {}, { signal, onTell: () => {}, onAsk: never }));
    control.close();
    break;
  }
  default:
    throw new Error(`no row ${process.argv[2] ?? ""}`);
}
print("done", existsSync(folder));
process.exit(0);
