/**
 * Which format a file is in, and its passkeys as drafts. Decided by content, never by name. What cannot be read as a whole fails here, each kind
 * with its own code; what is wrong with single passkeys is for `examine.ts`.
 */
import { VaultError } from "../errors.ts";
import { wipe } from "../crypto/wipe.ts";
import { readBitwarden } from "./bitwarden.ts";
import { openBitwarden } from "./bitwarden-seal.ts";
import { readCxfAccount, readCxfHeader } from "./cxf.ts";
import type { Drafts, JsonMembers, JsonValue } from "./draft.ts";
import type { FileCrypto } from "./file-crypto.ts";
import { checkFileSize, isMembers, memberOf, parseJsonFile, withoutMark } from "./json-file.ts";
import { readKeePassXml } from "./keepass-xml.ts";
import { readPasskeyFile } from "./keepassxc.ts";
import { isKdbx, openKdbx } from "./kdbx.ts";
import { readProton } from "./proton.ts";
import type { Format } from "./report.ts";
import { findVirtualCredentials, readVirtualCredentials } from "./virtual-authenticator.ts";
import { isZip, openZip, type ZipArchive } from "./zip.ts";

export interface FileReading extends Drafts {
  readonly format: Format;
}

export interface FileReader {
  readonly crypto: FileCrypto;
  /** The file's own password, asked for only where it has one. */
  readonly askPassword: () => Promise<string>;
}

const PGP = "-----BEGIN PGP MESSAGE-----";
const PROTON_DATA = "Proton Pass/data.json";

/**
 * Throws `LK-IMPORT-FORMAT` for what is no export of passkeys that is known here, `LK-IMPORT-BOUND` for one that only its maker can open,
 * `LK-IMPORT-VERSION`, `LK-IMPORT-PASSWORD`, `LK-IMPORT-KDF`, `LK-IMPORT-DAMAGED`, `LK-IMPORT-TOO-LARGE`.
 */
export async function readExchangeFile(bytes: Uint8Array, reader: FileReader): Promise<FileReading> {
  checkFileSize(bytes.length);
  if (isKdbx(bytes)) {
    const { xml, reveal } = await openKdbx(bytes, await reader.askPassword(), reader.crypto);
    return { format: "keepassxc-kdbx", ...readKeePassXml(xml, reveal) };
  }
  if (isZip(bytes)) return readZip(openZip(bytes, reader.crypto), reader);
  const start = beginningOf(bytes);
  if (start.startsWith(PGP)) throw bound("message is encrypted with OpenPGP");
  if (start.startsWith("<")) {
    if (!start.includes("<KeePassFile")) throw unknownFormat();
    return { format: "keepassxc-xml", ...readKeePassXml(withoutMark(bytes), (values) => values) };
  }
  const json = parseJsonFile(bytes);
  if (json === null) throw unknownFormat();
  return readJson(json, reader);
}

const unknownFormat = (): VaultError =>
  new VaultError("LK-IMPORT-FORMAT", "file is no export of passkeys in a known format");
const bound = (what: string): VaultError => new VaultError("LK-IMPORT-BOUND", what);

const beginningOf = (bytes: Uint8Array): string =>
  String.fromCharCode(...withoutMark(bytes).subarray(0, 512)).trimStart();

async function readZip(zip: ZipArchive, reader: FileReader): Promise<FileReading> {
  const proton = zip.read(PROTON_DATA);
  if (proton !== null) {
    const json = parseJsonFile(proton);
    if (!isMembers(json)) throw new VaultError("LK-IMPORT-DAMAGED", "data.json of the zip is not JSON");
    return { format: "proton-zip", ...readProton(json) };
  }
  if (zip.names.some((name) => name.endsWith("data.pgp"))) throw bound("zip is encrypted with OpenPGP");
  if (zip.names.includes("export.data"))
    throw new VaultError("LK-IMPORT-FORMAT", "1PUX holds no passkeys; CXF does");
  const data = zip.read("data.json");
  if (data === null) throw unknownFormat();
  const reading = await readJson(parseJsonFile(data), reader);
  return { ...reading, format: "bitwarden-zip" };
}

async function readJson(json: JsonValue, reader: FileReader): Promise<FileReading> {
  const credentials = findVirtualCredentials(json);
  if (credentials !== null)
    return { format: "chromium-virtual-authenticator", ...readVirtualCredentials(credentials) };
  if (!isMembers(json)) throw unknownFormat();
  if ("version" in json && "accounts" in json) return { format: "cxf-header", ...readCxfHeader(json) };
  if (memberOf(json, "encrypted") === true) return readProtected(json, reader);
  if (Array.isArray(memberOf(json, "items"))) {
    const isPlain = memberOf(json, "encrypted") === false;
    return isPlain
      ? { format: "bitwarden-json", ...readBitwarden(json) }
      : { format: "cxf-account", ...readCxfAccount(json) };
  }
  if ("relyingParty" in json && "privateKey" in json)
    return { format: "keepassxc-passkey", exporter: null, drafts: [readPasskeyFile(json)], others: {} };
  throw unknownFormat();
}

async function readProtected(json: JsonMembers, reader: FileReader): Promise<FileReading> {
  if (memberOf(json, "passwordProtected") !== true) throw bound("file is bound to a Bitwarden account");
  const plain = await openBitwarden(json, await reader.askPassword(), reader.crypto);
  const inner = parseJsonFile(plain);
  wipe(plain);
  if (!isMembers(inner)) throw new VaultError("LK-IMPORT-DAMAGED", "protected part is not JSON");
  return { format: "bitwarden-json-password", ...readBitwarden(inner) };
}
