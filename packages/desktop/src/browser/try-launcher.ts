/** Starts the native messaging host as a browser does, asks it for its state, and ends it: what `latchkey doctor browser` rests on. */
import { spawn } from "node:child_process";
import { type HostState, PROTOCOL_VERSION } from "@latchkey/browser-extension/host-message";
import { EXTENSION_ORIGIN } from "@latchkey/browser-extension/identity";
import { createFrameParser, encodeFrame, NATIVE_MESSAGING } from "../control/frame.ts";

/** It may have to start the vault's host. */
const ANSWER_MS = 25_000;

/** `null`: it did not start, or gave no answer that a browser understands. */
export function tryLauncher(launcher: string): Promise<HostState | null> {
  return new Promise((resolve) => {
    const child = spawn(launcher, [EXTENSION_ORIGIN], {
      stdio: ["pipe", "pipe", "ignore"],
      // Node starts no batch file otherwise.
      shell: process.platform === "win32",
      windowsHide: true,
    });
    const settle = (state: HostState | null): void => {
      clearTimeout(timer);
      resolve(state);
      child.stdin.end();
    };
    const timer = setTimeout(() => settle(null), ANSWER_MS);
    const parser = createFrameParser((value) => {
      const { type, state } = (value ?? {}) as { readonly type?: unknown; readonly state?: HostState };
      settle(type === "hello" && state !== undefined ? state : null);
    }, NATIVE_MESSAGING);
    child.stdout.on("data", (bytes: Buffer) => {
      try {
        parser.push(bytes);
      } catch {
        settle(null);
      }
    });
    child.stdin.on("error", () => {});
    child.on("error", () => settle(null));
    child.on("exit", () => settle(null));
    child.stdin.write(encodeFrame({ type: "hello", version: PROTOCOL_VERSION }, NATIVE_MESSAGING));
  });
}
