import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { CHANNELS } from "../../src/channel.ts";
import { formatGuid, parseGuid } from "../../src/native/guid.ts";
import { packageFileName, toWindowsVersion } from "../../src/package/build-package.ts";
import { drawIcon } from "../../src/package/icon.ts";
import { LOGOS, packageName, renderManifest } from "../../src/package/manifest.ts";
import { derivePublisherId, renderWingetManifests } from "../../src/package/winget.ts";

const PUBLISHER = `CN=Latchkey Test, O="A & B", C=DE`;
const manifest = renderManifest({ channel: CHANNELS.stable, version: "1.2.3.0", publisher: PUBLISHER });

describe("the manifest", () => {
  // The list of windows-plugin-api: what Windows and its store want, each with what would go wrong.
  test.each([
    [
      "identity",
      `Name="Latchkey" Publisher="CN=Latchkey Test, O=&quot;A &amp; B&quot;, C=DE" Version="1.2.3.0"`,
    ],
    ["machine", `ProcessorArchitecture="x64"`],
    ["name", "<DisplayName>Latchkey</DisplayName>"],
    ["publisher for people", "<PublisherDisplayName>Latchkey</PublisherDisplayName>"],
    ["logo", String.raw`<Logo>assets\StoreLogo.png</Logo>`],
    ["system", `<TargetDeviceFamily Name="Windows.Desktop" MinVersion="10.0.26100.0"`],
    ["languages", `<Resource Language="de-de"/>`],
    [
      "program",
      `<Application Id="Latchkey" Executable="latchkey.exe" EntryPoint="Windows.FullTrustApplication">`,
    ],
    ["tile", String.raw`Square44x44Logo="assets\Square44x44Logo.png"`],
    ["class server", `<com:Extension Category="windows.comServer">`],
    [
      "its start",
      `<com:ExeServer Executable="latchkey.exe" Arguments="-PluginActivated" DisplayName="Latchkey">`,
    ],
    ["the class", `<com:Class Id="${CHANNELS.stable.clsidText}" DisplayName="Latchkey"/>`],
    ["the command", `<uap5:ExecutionAlias Alias="latchkey.exe"/>`],
    ["a command of the console", `desktop4:Subsystem="console"`],
    ["start at sign-in", `Category="windows.startupTask" Executable="latchkey.exe"`],
    ["as the host", `uap11:Parameters="up --no-input"`],
    ["full trust", `<rescap:Capability Name="runFullTrust"/>`],
    [
      "a vault that stays",
      "<desktop6:FileSystemWriteVirtualization>disabled</desktop6:FileSystemWriteVirtualization>",
    ],
    ["the capability for it", `<rescap:Capability Name="unvirtualizedResources"/>`],
    ["the namespace of com, exactly", `xmlns:com="http://schemas.microsoft.com/appx/manifest/com/windows10"`],
  ])("declares %s", (_, text) => expect(manifest).toContain(text));

  test("declares every prefix that it uses, and lets Windows ignore neither the class nor the place of the vault", () => {
    const used = new Set([...manifest.matchAll(/[<\s]([a-z]\w*):[A-Z]/g)].map(([, prefix]) => prefix));
    for (const prefix of used) expect(manifest).toContain(`xmlns:${prefix}=`);
    const [, ignorable = ""] = /IgnorableNamespaces="([^"]*)"/.exec(manifest) ?? [];
    expect(ignorable.split(" ")).not.toContain("com");
    expect(ignorable.split(" ")).not.toContain("desktop6");
    expect(ignorable.split(" ")).toEqual(expect.arrayContaining(["uap", "rescap"]));
  });

  test("declares one class and no other", () => {
    expect([...manifest.matchAll(/<com:Class /g)]).toHaveLength(1);
  });

  test.each(Object.entries(LOGOS))("names %s, which is drawn as a PNG of that size", (path, size) => {
    expect(manifest).toContain(path.replaceAll("/", "\\"));
    const png = drawIcon(size);
    expect(png.toString("latin1", 1, 4)).toBe("PNG");
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([size, size]);
  });
});

describe("a channel", () => {
  const channels = Object.values(CHANNELS);

  test("has a class, a name, a package and a command of its own", () => {
    for (const of of [
      ({ clsidText }: { clsidText: string }) => clsidText,
      (channel: (typeof channels)[number]) => packageName(channel),
      (channel: (typeof channels)[number]) =>
        /Alias="([^"]*)"/.exec(renderManifest({ channel, version: "1.0.0.0", publisher: "CN=x" }))?.[1],
    ]) {
      expect(new Set(channels.map(of)).size).toBe(channels.length);
    }
  });

  test.each(channels.map((channel) => [channel.name, channel] as const))(
    "%s has one class in manifest, code and registration",
    (_, channel) => {
      const text = renderManifest({ channel, version: "1.0.0.0", publisher: "CN=x" });
      const [, inManifest = ""] = /<com:Class Id="([^"]*)"/.exec(text) ?? [];
      expect(parseGuid(inManifest)).toEqual(channel.clsid);
      expect(formatGuid(channel.clsid)).toBe(inManifest);
    },
  );
});

test("the drawn icon is the app's own", () => {
  // Colours and measures of the drawing, as the app's file has them.
  const svg = readFileSync(new URL("../../../web-ui/src/style/latchkey.svg", import.meta.url), "utf8");
  expect(svg).toContain(`viewBox="0 0 32 32"`);
  expect(svg).toContain(`rx="9" fill="#17624f"`);
  expect(svg).toContain("M16 7.5a5 5 0 0 0-2.5 9.33V24.5h5v-7.67A5 5 0 0 0 16 7.5Z");
});

test.each([
  ["1.2.3", "1.2.3.0"],
  ["1.2.3-beta.1", "1.2.3.0"],
])("version %s is %s to Windows", (version, expected) => expect(toWindowsVersion(version)).toBe(expected));

test.each(["1.2", "1.2.3.4", "v1.2.3", "1.2.70000", ""])("%s is no version", (version) => {
  expect(() => toWindowsVersion(version)).toThrow(TypeError);
});

describe("winget's files", () => {
  const release = {
    channel: CHANNELS.stable,
    version: "1.2.3",
    publisher: PUBLISHER,
    address: "https://example.org/v1/",
  };
  const files = renderWingetManifests(release, Buffer.from("abc"));

  test("identify the publisher as Windows does", () => {
    // Microsoft's own, as every Windows has it in its packages' names.
    const microsoft = "CN=Microsoft Corporation, O=Microsoft Corporation, L=Redmond, S=Washington, C=US";
    expect(derivePublisherId(microsoft)).toBe("8wekyb3d8bbwe");
    expect(files["Latchkey.Latchkey.installer.yaml"]).toContain(
      `PackageFamilyName: "Latchkey_${derivePublisherId(PUBLISHER)}"`,
    );
  });

  // What the published schemas (manifest.*.1.6.0.json of microsoft/winget-cli) require of each.
  test.each([
    [
      "Latchkey.Latchkey.yaml",
      ["PackageIdentifier", "PackageVersion", "DefaultLocale", "ManifestType", "ManifestVersion"],
    ],
    [
      "Latchkey.Latchkey.installer.yaml",
      ["PackageIdentifier", "PackageVersion", "Installers", "ManifestType", "ManifestVersion"],
    ],
    [
      "Latchkey.Latchkey.locale.en-US.yaml",
      [
        "PackageIdentifier",
        "PackageVersion",
        "PackageLocale",
        "Publisher",
        "PackageName",
        "License",
        "ShortDescription",
        "ManifestType",
        "ManifestVersion",
      ],
    ],
  ])("%s has every field that its schema requires", (name, fields) => {
    for (const field of fields) expect(files[name]).toMatch(new RegExp(`^${field}:`, "m"));
    expect(files[name]).toContain(`PackageIdentifier: "Latchkey.Latchkey"`);
    expect(files[name]).toContain(`ManifestVersion: "1.6.0"`);
  });

  test("say where the package is and what its hash is", () => {
    const text = files["Latchkey.Latchkey.installer.yaml"] ?? "";
    expect(text).toContain(`InstallerUrl: "https://example.org/v1/${packageFileName(release)}"`);
    expect(text).toMatch(/InstallerSha256: "BA7816BF[0-9A-F]{56}"/);
    expect(text).toMatch(/- Architecture: "x64"/);
  });
});
