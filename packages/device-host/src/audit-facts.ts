/**
 * What is noted of a method that was carried out, by its name: one table, so that no method can be forgotten by being somewhere else. What the
 * authenticator does is noted where it is done (`note-ceremony.ts`).
 */
import { decodeBase64url } from "@latchkey/core/bytes/text";
import type { JsonObject, JsonValue } from "./json.ts";
import type { Note } from "./notebook.ts";

type Tell = (result: JsonObject, params: JsonObject) => Note | readonly Note[] | null;

const changed =
  (kind: Note["kind"], word?: (params: JsonObject) => string): Tell =>
  (result, params) => {
    if (result["changed"] === false) return null;
    const id = typeof result["id"] === "string" ? decodeBase64url(result["id"]) : null;
    return { kind, ...(id === null ? {} : { id }), ...(word === undefined ? {} : { word: word(params) }) };
  };

/** Of a field's name the part that is ours: a tag is somebody's text. */
const fieldOf = ({ field }: JsonObject): string =>
  typeof field === "string" ? (field.split("/")[0] ?? "field") : "field";

const purged: Tell = ({ purged: text, intended }) => {
  const id = typeof text === "string" ? decodeBase64url(text) : null;
  return intended === true ? null : { kind: "purge", ...(id === null ? {} : { id }) };
};

/** Of an import's report, how many passkeys were not here before. */
const countNew = (counts: JsonValue | undefined): number => {
  const found = typeof counts === "object" && counts !== null && "new" in counts ? counts["new"] : 0;
  return typeof found === "number" ? found : 0;
};

const FACTS: Readonly<Record<string, Tell>> = {
  "passkey.edit": changed("edit", fieldOf),
  "passkey.restoreEarlier": changed("edit", fieldOf),
  "conflict.resolve": changed("edit", fieldOf),
  "passkey.delete": changed("delete"),
  "passkey.restore": changed("restore"),
  "passkey.purge": purged,
  "vault.rotate": ({ intended }) => (intended === true ? null : { kind: "keys-changed" }),
  "relay.add": changed("settings-changed", () => "relay-added"),
  "relay.remove": changed("settings-changed", () => "relay-removed"),
  "settings.approval": changed("settings-changed", () => "approval"),
  "device.rename": changed("settings-changed", () => "device-name"),
  "import.run": ({ batch, counts }) => (batch == null ? null : { kind: "import", count: countNew(counts) }),
  "import.undo": () => ({ kind: "import", word: "undone" }),
  "export.write": ({ passkeys, format }) => ({
    kind: "export",
    ...(typeof passkeys === "number" ? { count: passkeys } : {}),
    ...(typeof format === "string" ? { word: format } : {}),
  }),
  // `restored`: what made the page was itself opened by one.
  "recovery.create": (_, { restored }) => [
    ...(restored === true ? ([{ kind: "page-used" }] as const) : []),
    { kind: "page-made" },
  ],
  "recovery.test": ({ opens }) => ({
    kind: "page-tested",
    ...(typeof opens === "number" ? { count: opens } : {}),
  }),
  "backup.run": () => ({ kind: "backup" }),
  "provider.enrol": () => ({ kind: "provider-on" }),
  "provider.leave": () => ({ kind: "provider-off" }),
};

/** The notes of a method that has returned. */
export function tellNotes(method: string, result: JsonObject, params: JsonObject): readonly Note[] {
  return Object.hasOwn(FACTS, method) ? [FACTS[method]?.(result, params) ?? []].flat() : [];
}
