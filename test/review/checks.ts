/**
 * The twelve things that a reviewer tries first (docs/experience.md § 15), and the tests that show each. A test is named by its file and its
 * full name, or by a suite, which stands for all its tests; without a name, the whole file.
 */

export interface ReviewCheck {
  /** 1 to 12. */
  readonly number: number;
  readonly title: string;
  readonly tests: readonly (readonly [file: string, name?: string])[];
}

export const CHECKS: readonly ReviewCheck[] = [
  {
    number: 1,
    title: "network off: create, sign in, edit, delete, export",
    tests: [
      ["test/scenario/offline.test.ts"],
      ["packages/desktop/test/commands/log.test.ts"],
      ["packages/desktop/test/commands/audit.test.ts"],
    ],
  },
  {
    number: 2,
    title: "two devices edit one passkey apart: both edits, or one winner and the other value offered",
    tests: [
      ["packages/core/test/device/device.test.ts", "two devices"],
      ["test/scenario/convergence.test.ts"],
      [
        "packages/desktop/test/commands/pairing.test.ts",
        "a device joins by picture and code, and devices that edited apart show both values",
      ],
    ],
  },
  {
    number: 3,
    title:
      "deleted on one, edited on the other: deleted everywhere, in the trash with the edit, restored by one press",
    tests: [
      [
        "packages/core/test/device/device.test.ts",
        "two devices > keep an edit of what was deleted elsewhere, and bring it back with the edit",
      ],
      ["test/app/vault.test.ts", "the app > says of a deleted passkey that another device changed it since"],
      [
        "test/app/vault.test.ts",
        "the app > moves a passkey to the trash after saying what that means, and restores it",
      ],
    ],
  },
  {
    number: 4,
    title:
      "a device that was off through changes of keys comes back with its own edits, and pairs with nobody",
    tests: [
      [
        "test/scenario/removal.test.ts",
        "a lost device > is put out while another is away: that one comes back, the lost one reads nothing new",
      ],
      ["packages/core/test/device/epochs.test.ts"],
    ],
  },
  {
    number: 5,
    title:
      "pairing: wrong code, replayed, expired, a second scanner, a changed message, a device with a vault",
    tests: [
      ["packages/core/test/pairing/pairing.test.ts"],
      ["packages/core/test/pairing/attacks.test.ts"],
      ["packages/desktop/test/commands/join.test.ts"],
    ],
  },
  {
    number: 6,
    title: "a removed device reads nothing that is written after, is told, and the others go on",
    tests: [
      ["packages/core/test/device/epochs.test.ts", "a removed device"],
      ["test/scenario/removal.test.ts", "a lost device"],
      ["packages/core/test/device/lost-devices.test.ts", "a lost device"],
      ["packages/desktop/test/commands/rotate.test.ts"],
    ],
  },
  {
    number: 7,
    title: "restore from the recovery page, with the relay alone and with a backup file alone",
    tests: [
      ["packages/core/test/recovery/recovery.test.ts"],
      ["packages/core/test/recovery/backup.test.ts"],
      ["packages/desktop/test/commands/recovery.test.ts"],
      ["packages/desktop/test/commands/backup.test.ts"],
    ],
  },
  {
    number: 8,
    title: "what the relay stores, logs and carries holds no site, no user and no device name",
    tests: [["test/scenario/blind-relay.test.ts"]],
  },
  {
    number: 9,
    title: "keyboard, 400 % zoom, German, right to left: every screen and the pairing",
    tests: [["test/app/accessibility.test.ts"], ["test/app/pairing.test.ts"]],
  },
  {
    number: 10,
    title:
      "a corrupt record, a cut file, kill -9 in the middle of a write: the rest works, the damage is shown",
    tests: [["test/crash/damage.test.ts"], ["test/crash/kill.test.ts"]],
  },
  {
    number: 11,
    title: "import, export, import again: the same keys, flags, ids and handles",
    tests: [["test/moving/round-trips.test.ts"], ["test/moving/kdbx.test.ts"], ["test/moving/zips.test.ts"]],
  },
  {
    number: 12,
    title: "rules of an organization locked and shown; a relay that was wiped or restored is filled again",
    tests: [
      ["test/app/managed.test.ts"],
      ["packages/desktop/test/policy/managed-host.test.ts"],
      ["test/hostile/loss.test.ts"],
      ["test/scenario/relay-restore.test.ts"],
    ],
  },
];
