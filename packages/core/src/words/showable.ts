/** Which text may be shown to a person though somebody else wrote it: a device's name, a phrase of a pairing. */

/** Nothing that moves a cursor, breaks a line or turns the writing direction. */
const NOT_SHOWN = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

/** Whether `text` is well-formed, not empty, at most `max` UTF-16 units and harmless on a screen. */
export const isShowable = (text: string, max: number): boolean =>
  text.isWellFormed() && text.length <= max && text.trim() !== "" && !NOT_SHOWN.test(text);
