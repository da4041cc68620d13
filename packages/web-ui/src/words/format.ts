/** Days and moments as the language writes them. */

/** `day`: `2026-11-22`, a day on the calendar and not a moment. */
export function formatDay(day: string, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" }).format(
    new Date(`${day.slice(0, 10)}T00:00:00Z`),
  );
}

/** `moment`: ISO 8601, shown as a day of the person's own time zone. */
export function formatDayOf(moment: string, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "long" }).format(new Date(moment));
}

/** `moment`: ISO 8601. */
export function formatMoment(moment: string, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(
    new Date(moment),
  );
}

/** `moment`: ISO 8601, shown as a time of the person's own clock. */
export function formatTime(moment: string, language: string): string {
  return new Intl.DateTimeFormat(language, { timeStyle: "short" }).format(new Date(moment));
}
