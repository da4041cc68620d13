/**
 * AppxManifest.xml: who we are to Windows, the class that it starts, the command `latchkey`, and the start at sign-in.
 *
 * The vault is kept where every other program of the person finds it, and stays when the package goes: writing to the profile is not
 * virtualised (docs/decisions/019).
 */
import type { Channel } from "../channel.ts";
import { renderXml } from "./xml.ts";

/** Inside the package, as the manifest writes it. */
export const PROGRAM = "latchkey.exe";
/** What COM starts the class with; COM adds `-Embedding`. */
export const COM_PARAMETER = "-PluginActivated";
/** What Windows starts at sign-in. */
export const START_PARAMETERS = "up --no-input";
/** The first Windows with passkey providers. What it lacks yet is asked when the program runs: older builds of it install and say so. */
const MIN_WINDOWS = "10.0.26100.0";
const TESTED_WINDOWS = "10.0.26200.0";

export const LOGOS = {
  "assets/Square44x44Logo.png": 44,
  "assets/Square150x150Logo.png": 150,
  "assets/StoreLogo.png": 50,
} as const satisfies Readonly<Record<string, number>>;

export interface Identity {
  readonly channel: Channel;
  /** Four numbers, the last of them 0. */
  readonly version: string;
  /** The subject of the certificate that signs, as Windows writes it. */
  readonly publisher: string;
}

const FOUNDATION = "http://schemas.microsoft.com/appx/manifest/foundation/windows10";
const SCHEMA = "http://schemas.microsoft.com/appx/manifest";
const NAMESPACES = {
  xmlns: FOUNDATION,
  "xmlns:uap": `${SCHEMA}/uap/windows10`,
  "xmlns:uap5": `${SCHEMA}/uap/windows10/5`,
  "xmlns:uap11": `${SCHEMA}/uap/windows10/11`,
  "xmlns:desktop4": `${SCHEMA}/desktop/windows10/4`,
  "xmlns:desktop6": `${SCHEMA}/desktop/windows10/6`,
  "xmlns:com": `${SCHEMA}/com/windows10`,
  "xmlns:rescap": `${FOUNDATION}/restrictedcapabilities`,
};
/** Without the class there is no provider, and a vault that is virtualised goes with the package: a Windows that knows neither refuses. */
const IGNORABLE = "uap uap5 uap11 desktop4 rescap";
const FULL_TRUST = "Windows.FullTrustApplication";
const logo = (name: keyof typeof LOGOS): string => name.replaceAll("/", "\\");

/** `Latchkey` or `LatchkeyPreview`: the name that package identity is made from, never to change. */
export const packageName = (channel: Channel): string => channel.name.replaceAll(" ", "");

export function renderManifest({ channel, version, publisher }: Identity): string {
  const { name, clsidText } = channel;
  return renderXml([
    "Package",
    { ...NAMESPACES, IgnorableNamespaces: IGNORABLE },
    [
      "Identity",
      {
        Name: packageName(channel),
        Publisher: publisher,
        Version: version,
        ProcessorArchitecture: "x64",
      },
    ],
    [
      "Properties",
      {},
      ["DisplayName", {}, name],
      ["PublisherDisplayName", {}, "Latchkey"],
      ["Logo", {}, logo("assets/StoreLogo.png")],
      ["desktop6:FileSystemWriteVirtualization", {}, "disabled"],
      ["desktop6:RegistryWriteVirtualization", {}, "disabled"],
    ],
    [
      "Dependencies",
      {},
      [
        "TargetDeviceFamily",
        { Name: "Windows.Desktop", MinVersion: MIN_WINDOWS, MaxVersionTested: TESTED_WINDOWS },
      ],
    ],
    ["Resources", {}, ["Resource", { Language: "en-us" }], ["Resource", { Language: "de-de" }]],
    [
      "Applications",
      {},
      [
        "Application",
        { Id: "Latchkey", Executable: PROGRAM, EntryPoint: FULL_TRUST },
        [
          "uap:VisualElements",
          {
            DisplayName: name,
            Description: "Passkeys that live on your own devices",
            BackgroundColor: "transparent",
            Square150x150Logo: logo("assets/Square150x150Logo.png"),
            Square44x44Logo: logo("assets/Square44x44Logo.png"),
          },
        ],
        [
          "Extensions",
          {},
          [
            "com:Extension",
            { Category: "windows.comServer" },
            [
              "com:ComServer",
              {},
              [
                "com:ExeServer",
                { Executable: PROGRAM, Arguments: COM_PARAMETER, DisplayName: name },
                ["com:Class", { Id: clsidText, DisplayName: name }],
              ],
            ],
          ],
          [
            "uap5:Extension",
            { Category: "windows.appExecutionAlias", Executable: PROGRAM, EntryPoint: FULL_TRUST },
            [
              "uap5:AppExecutionAlias",
              { "desktop4:Subsystem": "console" },
              ["uap5:ExecutionAlias", { Alias: `${commandName(channel)}.exe` }],
            ],
          ],
          [
            "uap5:Extension",
            {
              Category: "windows.startupTask",
              Executable: PROGRAM,
              EntryPoint: FULL_TRUST,
              "uap11:Parameters": START_PARAMETERS,
            },
            ["uap5:StartupTask", { TaskId: "LatchkeyHost", Enabled: "true", DisplayName: name }],
          ],
        ],
      ],
    ],
    [
      "Capabilities",
      {},
      ["rescap:Capability", { Name: "runFullTrust" }],
      ["rescap:Capability", { Name: "unvirtualizedResources" }],
    ],
  ]);
}

/** What people type: two channels are two commands. */
const commandName = (channel: Channel): string => channel.name.toLowerCase().replaceAll(" ", "-");
