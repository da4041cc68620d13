/**
 * What the extensions that run now say of themselves, for `latchkey browser status`: each native messaging host keeps a small file while its
 * browser lives. A file whose process is gone counts for nothing.
 *
 *   <folder>/running/<process id>.json = {"standing": …}
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { STANDINGS, type Standing } from "@latchkey/browser-extension/host-message";

const FILE = /^(\d{1,10})\.json$/;

const placeIn = (folder: string): string => join(folder, "running");

/** Writes what this process's extension is doing; gives what takes it back. A disk that is full is no reason to answer no website. */
export function noteStanding(folder: string): {
  readonly note: (standing: Standing) => void;
  readonly end: () => void;
} {
  const file = join(placeIn(folder), `${process.pid}.json`);
  return {
    note(standing) {
      try {
        mkdirSync(placeIn(folder), { recursive: true, mode: 0o700 });
        writeFileSync(file, JSON.stringify({ standing }));
      } catch {
        // Only unseen without it.
      }
    },
    end: () => rmSync(file, { force: true }),
  };
}

/** One for each browser profile in which the extension runs. */
export function listStandings(folder: string): readonly Standing[] {
  let names: readonly string[];
  try {
    names = readdirSync(placeIn(folder));
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    const id = Number(FILE.exec(name)?.[1] ?? Number.NaN);
    const file = join(placeIn(folder), name);
    if (Number.isNaN(id) || !isAlive(id)) {
      rmSync(file, { force: true });
      return [];
    }
    return readStanding(file);
  });
}

function readStanding(file: string): readonly Standing[] {
  try {
    const { standing } = JSON.parse(readFileSync(file, "utf8")) as { readonly standing?: unknown };
    return STANDINGS.filter((known) => known === standing);
  } catch {
    return [];
  }
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
