/**
 * The three files with which winget's community repository, or a private source, learns of a release (manifest schema 1.6.0).
 */
import { createHash } from "node:crypto";
import type { Channel } from "../channel.ts";
import { packageFileName } from "./build-package.ts";
import { packageName } from "./manifest.ts";

const SCHEMA = "1.6.0";
const LOCALE = "en-US";
/** Of Windows' encoding of a publisher: base32 without i, l, o and u. */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

export interface Release {
  readonly channel: Channel;
  readonly version: string;
  readonly publisher: string;
  /** Where the package will be fetched from, without its name; https. */
  readonly address: string;
}

/** Name of the file → its text. `msix` is the signed package. */
export function renderWingetManifests(release: Release, msix: Uint8Array): Readonly<Record<string, string>> {
  const { channel, version, publisher } = release;
  const id = `Latchkey.${packageName(channel)}`;
  const head = { PackageIdentifier: id, PackageVersion: version };
  const tail = (type: string) => ({ ManifestType: type, ManifestVersion: SCHEMA });
  const file = (type: string, suffix: string, fields: Fields) => [
    `${id}${suffix}.yaml`,
    `# yaml-language-server: $schema=https://aka.ms/winget-manifest.${type}.${SCHEMA}.schema.json\n${renderYaml(fields)}`,
  ];
  return Object.fromEntries([
    file("version", "", { ...head, DefaultLocale: LOCALE, ...tail("version") }),
    file("installer", ".installer", {
      ...head,
      Platform: ["Windows.Desktop"],
      MinimumOSVersion: "10.0.26100.0",
      InstallerType: "msix",
      UpgradeBehavior: "install",
      PackageFamilyName: `${packageName(channel)}_${derivePublisherId(publisher)}`,
      Installers: [
        {
          Architecture: "x64",
          InstallerUrl: `${release.address.replace(/\/$/, "")}/${packageFileName(release)}`,
          InstallerSha256: createHash("sha256").update(msix).digest("hex").toUpperCase(),
        },
      ],
      ...tail("installer"),
    }),
    file("defaultLocale", `.locale.${LOCALE}`, {
      ...head,
      PackageLocale: LOCALE,
      Publisher: "Latchkey",
      PackageName: channel.name,
      License: "MIT",
      ShortDescription: "Passkeys that live on your own devices; a passkey provider of Windows 11",
      Moniker: "latchkey",
      Tags: ["fido2", "passkey", "webauthn"],
      ...tail("defaultLocale"),
    }),
  ]) as Record<string, string>;
}

/** Windows' identifier of a publisher: 64 bits of SHA-256 over its name in UTF-16, as 13 characters. The package's family is named by it. */
export function derivePublisherId(publisher: string): string {
  const hash = createHash("sha256").update(Buffer.from(publisher, "utf16le")).digest();
  // 64 bits and one of padding.
  const bits = hash.readBigUInt64BE() << 1n;
  return Array.from({ length: 13 }, (_, at) => ALPHABET[Number((bits >> BigInt(60 - 5 * at)) & 31n)]).join(
    "",
  );
}

type Fields = Readonly<Record<string, string | readonly (string | Readonly<Record<string, string>>)[]>>;

/** As much of YAML as these files have: text, lists of text, lists of maps of text. */
function renderYaml(fields: Fields): string {
  return Object.entries(fields)
    .map(([key, value]) => {
      if (typeof value === "string") return `${key}: ${JSON.stringify(value)}\n`;
      const items = value.map((item) =>
        typeof item === "string"
          ? `  - ${JSON.stringify(item)}\n`
          : Object.entries(item)
              .map(([name, text], at) => `  ${at === 0 ? "-" : " "} ${name}: ${JSON.stringify(text)}\n`)
              .join(""),
      );
      return `${key}:\n${items.join("")}`;
    })
    .join("");
}
