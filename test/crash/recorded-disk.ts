/**
 * What a process did to the files of its vault, read from strace's record, and the files as a power cut would leave them: of each file what was
 * synced is there; of what was written since, any part may be, in any order, the last of it torn.
 *
 * A disk that lies about a sync is not modelled. A file's own removal counts as a write that may be missing.
 */
import { readFileSync } from "node:fs";

type Operation =
  | { readonly is: "write"; readonly path: string; readonly at: number; readonly bytes: Buffer }
  | { readonly is: "truncate"; readonly path: string; readonly length: number }
  | { readonly is: "unlink"; readonly path: string };
type Event = Operation | { readonly is: "sync"; readonly path: string } | { readonly is: "reported" };

const SECTOR = 512;
const CALL = /^\d+ +(?<name>\w+)\((?:\d+<(?<fd>[^>]*)>)?(?:, )?(?<rest>.*)\) += (?<result>-?\d+)/;

const unhex = (text: string): Buffer => Buffer.from(text.replaceAll("\\x", ""), "hex");

/** `beside`: writes to it are reports. Throws when the record is not of the calls that are understood here. */
export function readRecord(file: string, beside: string): Event[] {
  const lines = readFileSync(file, "latin1").split("\n").filter(Boolean);
  return lines.map((line): Event => {
    const { name, fd = "", rest = "", result } = CALL.exec(line)?.groups ?? {};
    const parts = /^"(?<bytes>[^"]*)"(?:, (?<length>\d+))?(?:, (?<at>\d+))?$/.exec(rest)?.groups;
    const path = unhex(fd).toString();
    if (name === "write" && path === beside) return { is: "reported" };
    if (name === "fsync" || name === "fdatasync") return { is: "sync", path };
    if (name === "ftruncate") return { is: "truncate", path, length: Number(rest) };
    if (name === "unlink" && parts !== undefined)
      return { is: "unlink", path: unhex(parts["bytes"] ?? "").toString() };
    if (name === "pwrite64" && parts !== undefined && parts["length"] === result)
      return { is: "write", path, at: Number(parts["at"]), bytes: unhex(parts["bytes"] ?? "") };
    throw new Error(`record of system calls has what is not understood: ${line.slice(0, 120)}`);
  });
}

/** Content by path; `null`: the file is not there. */
export type Files = ReadonlyMap<string, Buffer | null>;

/** The moment right before a sync, or the end. */
export interface Boundary {
  /** How many changes had been reported saved by then. */
  readonly reported: number;
  readonly durable: Files;
  /** Written since the last sync of its file. */
  readonly pending: readonly Operation[];
}

export function listBoundaries(events: readonly Event[], before: Files): Boundary[] {
  const boundaries: Boundary[] = [];
  let durable = before;
  let pending: readonly Operation[] = [];
  let reported = 0;
  for (const event of events) {
    if (event.is === "reported") reported++;
    else if (event.is === "sync") {
      boundaries.push({ reported, durable, pending });
      durable = applyAll(
        durable,
        pending.filter(({ path }) => path === event.path),
      );
      pending = pending.filter(({ path }) => path !== event.path);
    } else pending = [...pending, event];
  }
  return [...boundaries, { reported, durable, pending }];
}

/** What a cut may leave: nothing, everything or some of what was not synced; of some writes a part. `chance` gives numbers in [0, 1). */
export function cutPower(
  { durable, pending }: Boundary,
  left: "nothing" | "everything" | "some",
  chance: () => number,
): Files {
  if (left === "nothing") return durable;
  if (left === "everything") return applyAll(durable, pending);
  const share = chance();
  const survivors = pending.filter(() => chance() < share).map((each) => tear(each, chance));
  return applyAll(durable, survivors);
}

function tear(operation: Operation, chance: () => number): Operation {
  if (operation.is !== "write" || operation.bytes.length <= SECTOR || chance() < 0.8) return operation;
  const sectors = Math.floor(chance() * (operation.bytes.length / SECTOR));
  return { ...operation, bytes: operation.bytes.subarray(0, sectors * SECTOR) };
}

function applyAll(files: Files, operations: readonly Operation[]): Files {
  const next = new Map(files);
  // Many writes go to one file: it is copied once.
  const copied = new Set<string>();
  for (const operation of operations) {
    const { path } = operation;
    if (operation.is === "unlink") {
      next.set(path, null);
      continue;
    }
    const present = next.get(path) ?? Buffer.alloc(0);
    if (operation.is === "truncate") {
      next.set(path, resize(present, operation.length));
      continue;
    }
    const end = operation.at + operation.bytes.length;
    const into =
      end > present.length ? resize(present, end) : copied.has(path) ? present : Buffer.from(present);
    copied.add(path);
    operation.bytes.copy(into, operation.at);
    next.set(path, into);
  }
  return next;
}

function resize(bytes: Buffer, length: number): Buffer {
  const sized = Buffer.alloc(length);
  bytes.copy(sized);
  return sized;
}
