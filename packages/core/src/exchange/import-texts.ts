/** The texts of an imported passkey as registers of the vault: what is too long for one is shown cut, and kept whole beside. */
import {
  MAX_NAME_LENGTH,
  MAX_NOTE_LENGTH,
  MAX_TAG_LENGTH,
  MAX_TITLE_LENGTH,
  type RegisterValue,
  TAG_PREFIX,
} from "../vault/schema.ts";
import type { Draft } from "./draft.ts";
import type { Provenance } from "./provenance.ts";

const MAX_TAGS = 64;

export interface ImportTexts {
  readonly registers: ReadonlyMap<string, RegisterValue>;
  /** What did not fit. */
  readonly kept: Pick<Provenance, "texts" | "tags">;
}

/** `names`: as the passkey has them, with what was assumed. */
export function makeTexts(
  draft: Draft,
  names: { readonly userName: string; readonly userDisplayName: string },
): ImportTexts {
  const registers = new Map<string, RegisterValue>();
  const texts: Record<string, string> = {};
  const put = (register: string, text: string | null, max: number): void => {
    if (text === null) return;
    const fitting = cutText(text, max);
    if (fitting !== text) texts[register] = text;
    if (fitting !== "" || register.endsWith("name")) registers.set(register, fitting);
  };
  put("title", draft.title, MAX_TITLE_LENGTH);
  put("name", names.userName, MAX_NAME_LENGTH);
  put("display-name", names.userDisplayName, MAX_NAME_LENGTH);
  put("note", draft.note, MAX_NOTE_LENGTH);
  if (draft.favourite) registers.set("favourite", true);
  const tags = [...new Set(draft.tags)].filter((tag) => tag !== "");
  const fitting = tags.filter((tag) => cutText(tag, MAX_TAG_LENGTH) === tag).slice(0, MAX_TAGS);
  for (const tag of fitting) registers.set(TAG_PREFIX + tag, true);
  const kept = {
    ...(Object.keys(texts).length > 0 ? { texts } : {}),
    ...(fitting.length < tags.length ? { tags } : {}),
  };
  return { registers, kept };
}

/** At most `max` UTF-16 units, never half a character. */
function cutText(text: string, max: number): string {
  const whole = text.toWellFormed();
  if (whole.length <= max) return whole;
  const cut = whole.slice(0, max);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}
