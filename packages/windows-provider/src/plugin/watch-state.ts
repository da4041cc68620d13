/**
 * When the provider is registered, switched on or off. Windows calls back, but only while the process lives and is registered, and says nothing
 * with it: so the state is asked then, and every now and then beside.
 */
import type { RegistrationState } from "@latchkey/desktop/host/system-provider";
import type { WebAuthnPlugin } from "../native/webauthn-plugin.ts";
import { HresultError } from "../native/hresult.ts";
import { readState } from "./registration.ts";

/** Milliseconds between looks while somebody waits. */
const LOOK_MS = 1_000;

type Watching = Pick<WebAuthnPlugin, "getState" | "onStateChange">;

/** Calls `changed` with each new state until it is ended. Keeps no process alive. */
export function watchState(
  plugin: Watching,
  clsid: Uint8Array,
  changed: (state: RegistrationState) => void,
  lookMs = LOOK_MS,
): () => void {
  let known: RegistrationState | null = null;
  function look(): void {
    let state: RegistrationState;
    try {
      state = readState(plugin, clsid);
    } catch (error) {
      // A remote session has begun: asked again when it is over.
      if (error instanceof HresultError) return;
      throw error;
    }
    const isNew = known !== null && state !== known;
    known = state;
    if (isNew) changed(state);
  }
  look();
  const timer = setInterval(look, lookMs).unref();
  let stop: () => void = () => {};
  try {
    stop = plugin.onStateChange(clsid, () => setImmediate(look));
  } catch (error) {
    // Not registered yet, or one callback too many for Windows: the timer does without.
    if (!(error instanceof HresultError)) throw error;
  }
  return () => {
    clearInterval(timer);
    stop();
  };
}

/** The state as soon as it is another than `known`. Throws the reason of `signal`. */
export async function waitForChange(
  plugin: Watching,
  clsid: Uint8Array,
  known: RegistrationState,
  signal: AbortSignal,
): Promise<RegistrationState> {
  signal.throwIfAborted();
  const now = readState(plugin, clsid);
  if (now !== known) return now;
  const { promise, resolve, reject } = Promise.withResolvers<RegistrationState>();
  const abort = (): void => reject(signal.reason as Error);
  signal.addEventListener("abort", abort, { once: true });
  const stop = watchState(plugin, clsid, resolve);
  // Somebody waits: the process must live.
  const keepAlive = setInterval(() => {}, LOOK_MS);
  try {
    return await promise;
  } finally {
    clearInterval(keepAlive);
    stop();
    signal.removeEventListener("abort", abort);
  }
}
