/** One device lets another in by a QR code in a picture: each is a program of its own, and the code goes from one screen to the other. */
import type { Account } from "./account.ts";
import { CommandFailure, type Device, type Json } from "./device.ts";

export async function joinByPicture(
  account: Account,
  way: {
    readonly inviting: Device;
    readonly joining: Device;
    /** Where the picture is drawn. */
    readonly picture: string;
    /** A wrong code is typed before the right one. */
    readonly withMistake: boolean;
  },
): Promise<void> {
  const { inviting, joining, picture } = way;
  const adding = inviting.converse(["device", "add", "--qr-file", picture, "--code-stdin"]);
  await adding.until("invitation");
  account.say(`${inviting.name} drew the invitation as a QR code`);
  const joined = joining.converse(["device", "join", "--scan", picture, "--name", joining.name]);
  const shown = await joined.until("code");
  account.say(
    `${joining.name} read the picture and shows ${String(shown["code"])} for the vault "${String(shown["vault"])}"`,
  );
  await adding.until("candidate");
  if (way.withMistake) {
    adding.send(otherCode(shown["code"] as string));
    const refusal = await adding.until("code-refused");
    account.check(
      "a wrong code is refused",
      refusal["code"] === "LK-PAIR-CODE-WRONG" && refusal["triesLeft"] === 2,
    );
  }
  adding.send(shown["code"] as string);
  await finish(joined);
  await finish(adding);
}

const otherCode = (code: string): string => code.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10));

/** Reads what a command says to its end, which must be a good one. */
async function finish(conversation: { next(): Promise<Json | null> }): Promise<void> {
  for (let line = await conversation.next(); line !== null; line = await conversation.next()) {
    if (line["ok"] === false) throw new CommandFailure("pairing", line);
  }
}
