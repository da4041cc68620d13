/** `latchkey init`, `unlock`, `lock` and `status`: the vault as a whole. */
import { defineSpec } from "../command.ts";

export const initSpec = defineSpec({
  name: "init",
  summary: "make a vault on this machine",
  details:
    "Needs no network. The passphrase is asked twice; an empty answer, or --generate, makes one of six words. The devices of a vault " +
    "meet at its relays: name them here, or say --no-relay for a vault that stays on this machine. An address with an invitation in it " +
    "is a secret: --relay - asks for it, or reads it from standard input before the passphrase.",
  positionals: [],
  options: {
    name: { type: "string", value: "name", summary: "this device's name, as your other devices see it" },
    relay: {
      type: "string",
      value: "address",
      multiple: true,
      summary: "a relay that the vault uses; - to be asked for an address with an invitation in it",
    },
    "no-relay": { type: "boolean", summary: "no relay: the vault stays on this machine" },
    generate: { type: "boolean", summary: "make a passphrase of six words and show it once" },
  },
  examples: ["latchkey init --relay https://relay.example", "latchkey init --name Desk --no-relay"],
});

export const unlockSpec = defineSpec({
  name: "unlock",
  summary: "open the vault in the running host",
  details:
    "Opening lets you see, edit and sync; signing asks for the passphrase every time. Without latchkey up nothing stays open, and this " +
    "only checks the passphrase.",
  positionals: [],
  options: {},
  examples: ["latchkey unlock"],
});

export const lockSpec = defineSpec({
  name: "lock",
  summary: "lock the vault in the running host",
  positionals: [],
  options: {},
  examples: ["latchkey lock"],
});

export const statusSpec = defineSpec({
  name: "status",
  summary: "show how the vault and its devices are",
  details:
    "Of a locked vault it shows only that it is locked. It asks for no passphrase unless --unlock is given. " +
    "Notes say what could be lost; --json has them as health, a list that is empty when all is well: docs/recovery.md explains each.",
  positionals: [],
  options: {
    unlock: { type: "boolean", summary: "open the vault first" },
    watch: { type: "boolean", summary: "show it again at each change, until interrupted" },
  },
  examples: ["latchkey status", "latchkey status --unlock --json=passkeys,health", "latchkey status --watch"],
});

export const vaultRotateSpec = defineSpec({
  name: "vault rotate",
  summary: "change the vault's keys",
  details:
    "Without a mailbox in reach it is kept and done at the next contact. Nothing you see changes; what was written before can no longer be read with what a device holds from then on, and the log " +
    "begins anew and short. It is done by itself when a device is removed, when the log has grown long, and once a year.",
  positionals: [],
  options: {},
  examples: ["latchkey vault rotate"],
});
