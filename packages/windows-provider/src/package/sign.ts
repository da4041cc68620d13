/** Signatures by osslsigncode: Authenticode over programs, and AppxSignature.p7x in a package. */
import { renameSync, rmSync } from "node:fs";
import type { Signer } from "./certificate.ts";
import { PackagingError, runTool } from "./run-tool.ts";

const HINT =
  "install osslsigncode 2.9 or later (Debian 13, or Debian 12 with bookworm-backports), or make an unsigned folder with --loose";
/** The first that signs packages. */
const NEEDED = [2, 9] as const;

/** Throws `PackagingError` when osslsigncode is missing or too old. */
export function checkSigningTool(): void {
  const said = runTool("osslsigncode", ["--version"], HINT);
  const [, major = "0", minor = "0"] = /(\d+)\.(\d+)/.exec(said) ?? [];
  if (!isNewEnough(Number(major), Number(minor))) {
    throw new PackagingError(`osslsigncode ${major}.${minor} cannot sign packages: ${HINT}`);
  }
}

export const isNewEnough = (major: number, minor: number): boolean =>
  major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1]);

/** Signs a file in place. `timestampUrl`: a server (RFC 3161) whose word lets the signature outlive the certificate. */
export function signFile(file: string, signer: Signer, timestampUrl: string | null): void {
  const draft = `${file}.signed`;
  rmSync(draft, { force: true });
  const timestamp = timestampUrl === null ? [] : ["-ts", timestampUrl];
  const parameters = [
    "sign",
    ...signer.parameters,
    "-h",
    "sha256",
    "-n",
    "Latchkey",
    ...timestamp,
    "-in",
    file,
    "-out",
    draft,
  ];
  runTool("osslsigncode", parameters, HINT);
  renameSync(draft, file);
}
