/** The icons, drawn here: nothing is fetched, and each takes the colour and the size of the text beside it. They never stand alone. */

/** On a grid of 24, strokes of 1.75. */
const PATHS = {
  mark: "M7.5 3.5h9a4 4 0 0 1 4 4v9a4 4 0 0 1-4 4h-9a4 4 0 0 1-4-4v-9a4 4 0 0 1 4-4Zm4.5 4a2.75 2.75 0 0 0-1.4 5.1V17h2.8v-4.4A2.75 2.75 0 0 0 12 7.5Z",
  key: "M14.5 3.5a6 6 0 1 0 1.6 11.8M16 8a1.4 1.4 0 1 1-2.8 0A1.4 1.4 0 0 1 16 8ZM10.2 13.3 3.5 20v1h3.5v-2.2h2.2v-2.2h1.9l1.6-1.6M14.5 3.5a6 6 0 0 1 1.6 11.8",
  device: "M4.5 5h15a1 1 0 0 1 1 1v9.5a1 1 0 0 1-1 1h-15a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1ZM8.5 20.5h7M12 16.5v4",
  sync: "M4 11a8 8 0 0 1 14.2-4.2L20 9M20 4.5V9h-4.5M20 13a8 8 0 0 1-14.2 4.2L4 15M4 19.5V15h4.5",
  trash: "M4.5 6.5h15M9.5 6.5V4h5v2.5M6.5 6.5l.8 13h9.4l.8-13M10 10.5v5.5M14 10.5v5.5",
  settings:
    "M4 7h9M17.5 7H20M4 17h2.5M11 17h9M13 7a2.2 2.2 0 1 0 4.4 0A2.2 2.2 0 0 0 13 7ZM6.6 17a2.2 2.2 0 1 0 4.4 0 2.2 2.2 0 0 0-4.4 0Z",
  about: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM12 11v5.5M12 7.6v.2",
  lock: "M6.5 10.5h11a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1h-11a1 1 0 0 1-1-1v-8a1 1 0 0 1 1-1ZM8.5 10.5V7.6a3.5 3.5 0 0 1 7 0v2.9",
  check: "m5 12.5 4.5 4.5L19 7",
  warning: "M12 4 2.8 19.5h18.4L12 4ZM12 10v4.5M12 17v.2",
  offline:
    "M3.5 3.5l17 17M8.2 8.3A6.5 6.5 0 0 0 6 9.4 4.8 4.8 0 0 0 7 19h9.8M11.6 7.1a6.5 6.5 0 0 1 6.7 4.3A4 4 0 0 1 20 18.4",
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM15.3 15.3 20.5 20.5",
  star: "m12 3.8 2.6 5.2 5.7.8-4.1 4 1 5.7-5.2-2.7-5.1 2.7 1-5.7-4.2-4 5.7-.8L12 3.8Z",
  plus: "M12 5v14M5 12h14",
  back: "M14.5 5.5 8 12l6.5 6.5",
  next: "m9.5 5.5 6.5 6.5-6.5 6.5",
  copy: "M9 8.5h9.5a1 1 0 0 1 1 1V19a1 1 0 0 1-1 1H9a1 1 0 0 1-1-1V9.5a1 1 0 0 1 1-1ZM5 15.5h-.5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1H14a1 1 0 0 1 1 1v.5",
  pen: "M4.5 19.5 5.6 15 15.8 4.8a1.7 1.7 0 0 1 2.4 0l1 1a1.7 1.7 0 0 1 0 2.4L9 18.4l-4.5 1.1Z",
  restore: "M4 5v5h5M4.6 14a8 8 0 1 0 1-7.1L4 10",
  phone: "M8 3.5h8a1 1 0 0 1 1 1v15a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1v-15a1 1 0 0 1 1-1ZM10.5 17.5h3",
  words: "M4 6.5h7M14 6.5h6M4 12h4M11 12h9M4 17.5h9M16 17.5h4",
  scan: "M4 8.5V5a1 1 0 0 1 1-1h3.5M15.5 4H19a1 1 0 0 1 1 1v3.5M20 15.5V19a1 1 0 0 1-1 1h-3.5M8.5 20H5a1 1 0 0 1-1-1v-3.5M4 12h16",
  close: "m6 6 12 12M18 6 6 18",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
