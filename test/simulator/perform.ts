/** An act of a person on a device that is open: begun now, done when its entry is on the disk. A person does one thing at a time. */
import type { EntryKind } from "@latchkey/core/log/entry";
import type { Device } from "@latchkey/core/device/device";
import { type ErrorCode, isVaultError } from "@latchkey/core/errors";
import type { PasskeyId } from "@latchkey/core/vault/schema";
import { choose, type Numbers } from "./action.ts";
import type { Deed } from "./people.ts";
import type { Process } from "./process.ts";
import type { Replica } from "./replica.ts";
import { describeError, type World } from "./world.ts";

/** What any act may answer when the world is not well. */
const ALWAYS_ALLOWED: readonly ErrorCode[] = ["LK-VAULT-DISK-FULL"];

export interface Task {
  readonly what: string;
  readonly id: PasskeyId | null;
  readonly deed: Deed | null;
  /** What its entry is: a change of the document, unless it says something else. */
  readonly kind?: EntryKind;
  /** Answers with which it may say that it cannot be done. */
  readonly mayRefuse?: readonly ErrorCode[];
  /** Resolves `false` when there was nothing to do. `told` is given what becomes known late. */
  readonly run: (device: Device, process: Process) => Promise<boolean | void>;
}

/** A device that somebody can sit down at: open, and nobody is at it. With `on` that one or none; `null` when there is none. */
export function findIdle({ replicas }: World, { device, on }: Numbers): Replica | null {
  const idle = replicas.filter(({ process }) => process?.device != null && process.act === null);
  return on === undefined ? choose(idle, device) : (idle.find(({ number }) => number === on) ?? null);
}

/** Begins the task on this device, if it is open and idle. */
export function perform(world: World, replica: Replica, task: Task): void {
  const { process } = replica;
  if (process === null || process.device === null || process.act !== null) return;
  const act = world.people.begin(replica.number, task.id, task.deed, task.kind ?? "change");
  process.act = act;
  world.trace(`${replica.name} ${task.what}`);
  task.run(process.device, process).then(
    (changed) => {
      process.act = null;
      act.acknowledged = true;
      const isWritten = act.entry !== null;
      if (isWritten !== (changed !== false))
        world.violate(
          "durable",
          `${replica.name} ${task.what}: said ${changed === false ? "nothing to do" : "saved"}, ${isWritten ? "" : "not "}on its disk`,
        );
    },
    (error: unknown) => {
      process.act = null;
      const allowed = [...ALWAYS_ALLOWED, ...(task.mayRefuse ?? [])];
      if (!isVaultError(error) || !allowed.includes(error.code))
        world.violate("only errors of ours", `${replica.name} ${task.what}: ${describeError(error)}`);
      else if (act.entry !== null)
        world.violate("durable", `${replica.name} ${task.what}: said ${error.code}, and it is on its disk`);
    },
  );
}
