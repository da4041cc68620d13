/**
 * One sign-in in a fresh process, with tiers that are already released, as after Windows Hello: CTAP requests on stdin, answers on
 * stdout, the tiers' keys on descriptor 3. Started by `cold-sign-in.js`.
 */
import { readFileSync } from "node:fs";
import { servePipe } from "@latchkey/desktop/ctap/pipe";
import { createCtapSession } from "@latchkey/desktop/host/ctap-session";
import { VaultHost } from "@latchkey/desktop/host/vault-host";
import { openVaultFile } from "@latchkey/desktop/vault-file/vault-file";
import { createReleasedProtector, splitKeys } from "./released-keys.ts";

const vault = process.argv[2] ?? "";
const protector = createReleasedProtector(splitKeys(readFileSync(3)));
const host = new VaultHost(vault, openVaultFile(vault));
const session = createCtapSession(
  host,
  async () => protector,
  (fault) => console.error(fault),
);
await servePipe({
  input: process.stdin,
  output: process.stdout,
  handle: (request, cancellation) => session.handle(request, cancellation),
});
await host.close();
