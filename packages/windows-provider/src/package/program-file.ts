/**
 * `latchkey.exe`: Node for Windows as a program of ours (Node's single executable applications). It starts `app/boot.cjs` beside it, takes
 * every argument as ours, none as Node's, and listens to no NODE_OPTIONS. Why not node.exe and a script: docs/decisions/018.
 *
 * Its embedded manifest says that it makes no console: started in a terminal it is a command there, started by COM or at sign-in it shows
 * nothing (consoleAllocationPolicy, Windows 11 24H2 and later, which the provider needs anyway).
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Data, NtExecutable, NtExecutableResource, Resource } from "resedit";
import { drawIcon } from "./icon.ts";
import { renderXml } from "./xml.ts";

/** Runs before anything of ours: libuv reads the size of its pool once. Ceremonies block one thread each. */
const MAIN = `process.env.UV_THREADPOOL_SIZE = "8";
require("node:module").createRequire(process.execPath)("./app/boot.cjs");
`;
/** CommonJS, for the main script of such a program cannot import a file. */
export const BOOT = `import(require("node:url").pathToFileURL(require("node:path").join(__dirname, "program.mjs")));
`;

const BLOB_NAME = "NODE_SEA_BLOB";
/** Node looks for its blob when the last character is 1. */
const FUSE = Buffer.from("NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:0", "latin1");
const RT_RCDATA = 10;
const RT_MANIFEST = 24;
const ENGLISH = 1033;
const UNICODE = 1200;
const ICON_SIZES = [16, 24, 32, 48, 64, 256];
const ICON_BITS = 32;

export interface ProgramNames {
  /** `Latchkey`. */
  readonly product: string;
  /** Four numbers. */
  readonly version: string;
}

/** `node` is the bytes of node.exe as it is published; its own signature goes, for what is signed is another program. */
export function makeProgramFile(node: Uint8Array, { product, version }: ProgramNames): Buffer {
  const executable = NtExecutable.from(node, { ignoreCert: true });
  const resources = NtExecutableResource.from(executable);
  const put = (type: number, id: string | number, bytes: Uint8Array): void => {
    const bin = Uint8Array.from(bytes).buffer;
    resources.removeResourceEntry(type, id);
    resources.replaceResourceEntry({ type, id, lang: ENGLISH, codepage: UNICODE, bin });
  };
  put(RT_RCDATA, BLOB_NAME, makeBlob());
  put(RT_MANIFEST, 1, Buffer.from(MANIFEST, "utf8"));
  const icons = ICON_SIZES.map((size) =>
    Data.RawIconItem.from(Uint8Array.from(drawIcon(size)).buffer, size, size, ICON_BITS),
  );
  Resource.IconGroupEntry.replaceIconsForResource(resources.entries, 1, ENGLISH, icons);
  const names = Resource.VersionInfo.createEmpty();
  names.lang = ENGLISH;
  const [major = 0, minor = 0, patch = 0, build = 0] = version.split(".").map(Number);
  names.setFileVersion(major, minor, patch, build, ENGLISH);
  names.setProductVersion(major, minor, patch, build, ENGLISH);
  names.setStringValues(
    { lang: ENGLISH, codepage: UNICODE },
    {
      ProductName: product,
      FileDescription: product,
      OriginalFilename: "latchkey.exe",
      LegalCopyright: "MIT licence; contains Node.js, see third-party-licences.txt",
    },
  );
  names.outputToResourceEntries(resources.entries);
  resources.outputResource(executable);
  return lightFuse(Buffer.from(executable.generate()));
}

/** Made by Node itself, of the version that this runs on, which is the one in the package. */
function makeBlob(): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-blob-"));
  const place = (name: string): string => join(folder, name);
  try {
    writeFileSync(place("main.cjs"), MAIN);
    const settings = {
      main: "main.cjs",
      output: "blob",
      disableExperimentalSEAWarning: true,
      useSnapshot: false,
      useCodeCache: false,
      execArgvExtension: "none",
    };
    writeFileSync(place("settings.json"), JSON.stringify(settings));
    execFileSync(process.execPath, ["--experimental-sea-config", "settings.json"], {
      cwd: folder,
      stdio: "pipe",
    });
    return readFileSync(place("blob"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function lightFuse(program: Buffer): Buffer {
  const at = program.indexOf(FUSE);
  if (at < 0 || program.includes(FUSE, at + 1))
    throw new TypeError("node.exe is not made to carry a program");
  program.write("1", at + FUSE.length - 1, "latin1");
  return program;
}

/** What node.exe declares, and the console. */
const MANIFEST = renderXml([
  "assembly",
  { xmlns: "urn:schemas-microsoft-com:asm.v1", manifestVersion: "1.0" },
  [
    "trustInfo",
    { xmlns: "urn:schemas-microsoft-com:asm.v3" },
    [
      "security",
      {},
      ["requestedPrivileges", {}, ["requestedExecutionLevel", { level: "asInvoker", uiAccess: "false" }]],
    ],
  ],
  [
    "compatibility",
    { xmlns: "urn:schemas-microsoft-com:compatibility.v1" },
    // Windows 10 and 11.
    ["application", {}, ["supportedOS", { Id: "{8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a}" }]],
  ],
  [
    "application",
    { xmlns: "urn:schemas-microsoft-com:asm.v3" },
    [
      "windowsSettings",
      {},
      [
        "consoleAllocationPolicy",
        { xmlns: "http://schemas.microsoft.com/SMI/2024/WindowsSettings" },
        "detached",
      ],
    ],
  ],
]);
