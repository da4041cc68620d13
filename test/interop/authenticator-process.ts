/** An ephemeral authenticator whose person agrees to everything, as a process of its own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { AttestationPolicy } from "@latchkey/core/authenticator/attestation";
import { createCtapPipe, type Transact } from "../demo/ctap-pipe.ts";

const CHILD = fileURLToPath(new URL("../../packages/desktop/test/ctap/stdio-child.ts", import.meta.url));

export interface AuthenticatorProcess {
  readonly transact: Transact;
  stop(): Promise<void>;
}

export function startAuthenticator(attestation: AttestationPolicy): AuthenticatorProcess {
  const child = spawn(process.execPath, [CHILD, "approve", attestation], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const pipe = createCtapPipe(child);
  return {
    transact: pipe.transact,
    async stop() {
      pipe.close();
      await exited;
    },
  };
}
