/** What people do with passkeys: add, edit each register, clear, decide a conflict, delete, restore. */
import type { Device } from "@latchkey/core/device/device";
import {
  deletePasskey,
  editPasskey,
  resolveConflict,
  restorePasskey,
} from "@latchkey/core/device/passkey-acts";
import type { PasskeyId, RegisterValue } from "@latchkey/core/vault/schema";
import { type Action, choose, type Numbers } from "../action.ts";
import { addPasskey, MARK } from "../new-passkey.ts";
import type { Act } from "../people.ts";
import { findIdle, perform } from "../perform.ts";
import type { Replica } from "../replica.ts";

/** Every register that a person edits, and one of a newer version. */
export const REGISTERS = [
  "title",
  "note",
  "name",
  "display-name",
  "favourite",
  "archived",
  "tag/work",
  "tag/home",
  "newer",
] as const;

const MANY = 1 << 20;
/** Few passkeys and often the same field, so that people meet on them. */
const DEVICE_AND_PASSKEY = { device: MANY, passkey: 2 };
const FIELDS = 2 * REGISTERS.length;

/** Every second time it is the title. */
const registerOf = ({ register }: Numbers): string => REGISTERS[register as number] ?? "title";

function valueFor(register: string, number: number): RegisterValue {
  if (register.startsWith("tag/")) return true;
  if (register === "favourite" || register === "archived") return number % 2 === 0;
  return `${MARK} ${number}`;
}

/** One of the passkeys that this device shows. */
function findPasskey(replica: Replica | null, { passkey }: Numbers): PasskeyId | null {
  return choose(replica?.device?.state.document.list() ?? [], passkey)?.id ?? null;
}

export const add: Action = {
  weight: 5,
  takes: { device: MANY, number: MANY },
  run(world, numbers) {
    const title = `${numbers["number"]}`;
    let made: Act | null = null;
    const replica = findIdle(world, numbers);
    if (replica === null) return;
    perform(world, replica, {
      what: `adds ${title}`,
      id: null,
      deed: { act: "create", puts: { title: `${MARK} ${title}` } },
      // The device moved to another epoch while the person was asked: its key is no longer there.
      mayRefuse: ["LK-KEY-DAMAGED", "LK-EPOCH-STATE"],
      async run(device, process) {
        made = process.act;
        await addPasskey(device, process.deps, title, (id) => {
          if (made !== null) made.id = id;
        });
      },
    });
  },
};

export const edit: Action = {
  weight: 26,
  takes: { ...DEVICE_AND_PASSKEY, register: FIELDS, value: MANY },
  run(world, numbers) {
    const replica = findIdle(world, numbers);
    const id = findPasskey(replica, numbers);
    const register = registerOf(numbers);
    const value = valueFor(register, numbers["value"] as number);
    if (replica === null || id === null) return;
    perform(world, replica, {
      what: `puts ${register}`,
      id,
      deed: { act: "put", register, value },
      run: (device) => editPasskey(device, id, register, value),
    });
  },
};

export const clear: Action = {
  weight: 2,
  takes: { ...DEVICE_AND_PASSKEY, register: FIELDS },
  run(world, numbers) {
    const replica = findIdle(world, numbers);
    const id = findPasskey(replica, numbers);
    const register = registerOf(numbers);
    if (replica === null || id === null) return;
    perform(world, replica, {
      what: `clears ${register}`,
      id,
      deed: { act: "clear", register },
      run: (device) => editPasskey(device, id, register, null),
    });
  },
};

/** Takes an offered value, or with `index` 0 keeps the one that is shown. */
export const resolve: Action = {
  weight: 5,
  takes: { device: MANY, passkey: MANY, index: 3 },
  run(world, numbers) {
    const replica = findIdle(world, numbers);
    const contested = (replica?.device?.state.document.list() ?? []).filter(
      ({ offered }) => offered.length > 0,
    );
    const found = choose(contested, numbers["passkey"]);
    const register = found?.offered[0]?.register;
    if (replica === null || found === null || register === undefined) return;
    const index = numbers["index"] as number;
    perform(world, replica, {
      what: `decides ${register}`,
      id: found.id,
      deed: null,
      mayRefuse: ["LK-VAULT-NOT-FOUND"],
      run(device, process) {
        const { act } = process;
        // Which value it is shows only when the device's turn for it comes.
        const observed = {
          act: (make: Parameters<Device["act"]>[0]) =>
            device.act((state, operation) => {
              const operations = make(state, operation);
              const [put] = operations;
              if (act !== null && put?.type === "put") act.deed = { act: "put", register, value: put.value };
              return operations;
            }),
        };
        return resolveConflict(observed as Device, found.id, register, index);
      },
    });
  },
};

const act = (
  weight: number,
  deed: "delete" | "restore",
  run: (device: Device, id: PasskeyId) => Promise<boolean>,
): Action => ({
  weight,
  takes: DEVICE_AND_PASSKEY,
  run(world, numbers) {
    const replica = findIdle(world, numbers);
    const id = findPasskey(replica, numbers);
    if (replica === null || id === null) return;
    perform(world, replica, { what: `${deed}s`, id, deed: { act: deed }, run: (device) => run(device, id) });
  },
});

export const remove = act(2, "delete", deletePasskey);
export const restore = act(2, "restore", restorePasskey);
