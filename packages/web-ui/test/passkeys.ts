/** Passkeys as a device describes them, for tests of what is made from them. */
import type { PasskeyView } from "../src/model/vault-view.ts";

let count = 0;

export const passkey = (given: Partial<PasskeyView> = {}): PasskeyView => ({
  id: `id${++count}`,
  site: "example.com",
  user: null,
  displayName: null,
  title: null,
  note: null,
  tags: [],
  favourite: false,
  archived: false,
  state: "live",
  createdAt: "2026-11-22T10:00:00.000Z",
  algorithm: -7,
  deletedOn: null,
  replacedBy: null,
  editedAfterDeletion: [],
  conflicts: [],
  ...given,
});
