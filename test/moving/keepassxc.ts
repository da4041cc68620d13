/** Databases made by Debian's keepassxc-cli, which knows nothing of the reader under test: an XML with passkeys becomes a KDBX 4 file. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const PROGRAM = "/usr/bin/keepassxc-cli";
export const HAS_NO_KEEPASSXC = !existsSync(PROGRAM);

export interface XmlEntry {
  readonly uuid: number;
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags?: string;
}

const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
/** Data of a group's own: without any, the program writes KDBX 3. */
const CUSTOM = "<CustomData><Item><Key>made by</Key><Value>a test</Value></Item></CustomData>";
const uuid = (value: number): string => Buffer.alloc(16, value).toString("base64");
/** As KeePassXC protects them. */
const HIDDEN = /PASSWORD|CREDENTIAL_ID|PRIVATE_KEY|USER_HANDLE|PRF/i;

function renderEntry(entry: XmlEntry): string {
  const strings = Object.entries(entry.attributes).map(
    ([name, value]) =>
      `<String><Key>${name}</Key><Value${HIDDEN.test(name) ? ' ProtectInMemory="True"' : ""}>${escape(value)}</Value></String>`,
  );
  const times = "<Times><CreationTime>2026-11-20T10:00:00Z</CreationTime></Times>";
  return `<Entry><UUID>${uuid(entry.uuid)}</UUID><Tags>${entry.tags ?? ""}</Tags>${times}${strings.join("")}</Entry>`;
}

export function renderKeePassXml(entries: readonly XmlEntry[], trashed: readonly XmlEntry[] = []): string {
  const group = (value: number, name: string, inside: string): string =>
    `<Group><UUID>${uuid(value)}</UUID><Name>${name}</Name>${inside}</Group>`;
  const bin = group(250, "Recycle Bin", trashed.map(renderEntry).join(""));
  return (
    `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<KeePassFile><Meta><Generator>test</Generator>` +
    `<RecycleBinEnabled>True</RecycleBinEnabled><RecycleBinUUID>${uuid(250)}</RecycleBinUUID></Meta>` +
    `<Root>${group(251, "Root", CUSTOM + entries.map(renderEntry).join("") + bin)}</Root></KeePassFile>\n`
  );
}

/** A database in `folder` with that content; `args`: as `keepassxc-cli import` takes them. */
export function makeKdbx(
  folder: string,
  xml: string,
  password: string,
  args: readonly string[] = [],
): Buffer {
  const [source, database] = [join(folder, "source.xml"), join(folder, `${args.length}-made.kdbx`)];
  writeFileSync(source, xml);
  execFileSync(PROGRAM, ["import", "--quiet", "--set-password", ...args, source, database], {
    input: `${password}\n${password}\n`,
    stdio: ["pipe", "ignore", "pipe"],
    env: { ...process.env, HOME: folder, QT_QPA_PLATFORM: "offscreen", LC_ALL: "C.UTF-8" },
  });
  return readFileSync(database);
}

/** What keepassxc-cli says of a database that it opens. */
export function describeKdbx(folder: string, database: Uint8Array, password: string): string {
  const path = join(folder, "described.kdbx");
  writeFileSync(path, database);
  return execFileSync(PROGRAM, ["db-info", "--quiet", path], {
    input: `${password}\n`,
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, HOME: folder, QT_QPA_PLATFORM: "offscreen", LC_ALL: "C.UTF-8" },
  }).toString();
}
