/** English texts of the app about moving in and out (see `words-en.ts` for the rules). */
import { EXCHANGE_TEXTS_EN } from "@latchkey/core/exchange/texts-en";
import { EXPORT_SENTENCES } from "@latchkey/core/exchange/export-sentence";
import { createPlural } from "./plural.ts";

const plural = createPlural("en");

export const MOVING_WORDS_EN = {
  exchange: EXCHANGE_TEXTS_EN,
  moving: {
    title: "Moving in and out",
    lead: "Your passkeys come in from other programs and go out to them, without a network and without anybody’s leave.",
    open: "Move passkeys in or out",
    importTitle: "Bring passkeys here",
    importText:
      "A file that another program exported: CXF, Bitwarden JSON, KeePassXC (.passkey or .kdbx), Proton Pass’s zip. First you see what would come in.",
    choose: "Choose a file",
    chosen: (names: string) => `Chosen: ${names}`,
    password: "Password of the file",
    passwordHint: "The one that was set when the file was made, not your passphrase.",
    withTrash: "Also what was in the trash there",
    unbacked: "Made with KeePassXC 2.7.11 or older",
    look: "See what would come in",
    looking: "Reading the file…",
    found: (count: number) =>
      plural(count, { one: "# passkey in the file", other: "# passkeys in the file" }),
    others: (count: number) =>
      plural(count, {
        one: "# other entry stays in the file: only passkeys are taken.",
        other: "# other entries stay in the file: only passkeys are taken.",
      }),
    none: "Some apps for phones leave passkeys out of their exports. Export from the web or desktop program.",
    more: (count: number) =>
      plural(count, {
        one: "and # passkey more, without anything to say",
        other: "and # passkeys more, without anything to say",
      }),
    take: (count: number) => plural(count, { one: "Bring in # passkey", other: "Bring in # passkeys" }),
    takeTitle: (count: number) =>
      plural(count, { one: "Bring in # passkey?", other: "Bring in # passkeys?" }),
    takeText: "Nothing that is here is changed. For 24 hours you can undo it as a whole.",
    taking: (done: number, total: number) => `${done} of ${total} saved…`,
    taken: (count: number) => plural(count, { one: "# passkey came in.", other: "# passkeys came in." }),
    takenText:
      "The file still lets anyone who has it sign in as you. Delete it when you have signed in somewhere.",
    recent: "Imports of the last days",
    batch: (count: number) => plural(count, { one: "# passkey", other: "# passkeys" }),
    undo: "Undo",
    undone: "What that import brought is in the trash.",
    exportTitle: "Take passkeys along",
    exportText:
      "A file for another program, on this PC. It is not sealed: whoever gets it has every passkey in it for good.",
    forbidden: "Your organization does not allow files that are not sealed.",
    formats: {
      cxf: "CXF, the standard of the FIDO Alliance",
      bitwarden: "Bitwarden, with a password",
      passkey: "KeePassXC, a file for each passkey",
    },
    holds: (count: number) =>
      plural(count, { one: "# passkey would be in the file.", other: "# passkeys would be in the file." }),
    leftOut: (count: number) => plural(count, { one: "# would not.", other: "# would not." }),
    loses: "Not in the file:",
    path: "Where to",
    newPassword: "Password that the file gets",
    sentence: EXPORT_SENTENCES.en as string,
    sentenceLabel: (sentence: string) => `To go on, type: ${sentence}`,
    write: "Write the file",
    writeTitle: "Write the file?",
    writeText: "Your passkeys stay here as they are.",
    writing: "Writing and reading back…",
    written: (count: number) => plural(count, { one: "# passkey written.", other: "# passkeys written." }),
    missing: "This is needed.",
  },
};
