/**
 * Who signs: a certificate with its key in a PFX file, or one for development that is made once and kept in the output folder. A password
 * is never a parameter or a variable, which others can read: it comes from a file, or is asked and lies in a private file for the time.
 */
import { X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PackagingError, runTool } from "./run-tool.ts";

const OPENSSL = "install OpenSSL (Debian: apt-get install openssl; Windows: it comes with Git)";
/** Of a development certificate. */
const SUBJECT = "Latchkey development";
const DAYS = 825;

export interface Signer {
  /** As the manifest names it: `CN=…, O=…, C=…`. */
  readonly publisher: string;
  /** How osslsigncode is told of it. */
  readonly parameters: readonly string[];
}

/** Throws `PackagingError` when OpenSSL is missing or the password is wrong. */
export function openPfx(file: string, passwordFile: string): Signer {
  if (!existsSync(file)) throw new PackagingError(`${file} is not there`);
  const parameters = ["pkcs12", "-in", file, "-clcerts", "-nokeys", "-passin", `file:${passwordFile}`];
  const pem = runTool("openssl", parameters, OPENSSL);
  return {
    publisher: readPublisher(pem),
    parameters: ["-pkcs12", file, "-readpass", passwordFile],
  };
}

/** Made when the folder has none. Whoever wants to install what it signs has to trust `development.cer` on that machine alone. */
export function openDevelopmentCertificate(folder: string): Signer {
  const place = (name: string): string => join(folder, `development.${name}`);
  if (!existsSync(place("pem"))) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // The key's file is there, and nobody else's to read, before there is a key in it.
    writeFileSync(place("key"), "", { mode: 0o600 });
    const request = ["req", "-x509", "-newkey", "rsa:3072", "-sha256", "-nodes", "-batch"];
    request.push("-days", String(DAYS), "-subj", `/CN=${SUBJECT}`);
    request.push("-addext", "keyUsage=critical,digitalSignature", "-addext", "extendedKeyUsage=codeSigning");
    request.push("-addext", "basicConstraints=critical,CA:FALSE");
    request.push("-keyout", place("key"), "-out", place("pem"));
    runTool("openssl", request, OPENSSL);
    writeFileSync(place("cer"), new X509Certificate(readFileSync(place("pem"))).raw);
  }
  return {
    publisher: readPublisher(readFileSync(place("pem"), "utf8")),
    parameters: ["-certs", place("pem"), "-key", place("key")],
  };
}

/** The subject as Windows writes it: the most particular part first, values with special characters in quotation marks. */
export function readPublisher(pem: string): string {
  const { subject } = new X509Certificate(pem);
  return subject
    .split("\n")
    .reverse()
    .map((part) => {
      const at = part.indexOf("=");
      // Node escapes with a backslash what Windows puts into quotation marks.
      const value = part.slice(at + 1).replaceAll(/\\(.)/g, "$1");
      const quoted = /[,+="<>#;\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
      return `${part.slice(0, at)}=${quoted}`;
    })
    .join(", ");
}
