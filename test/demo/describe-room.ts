/** What a relay knows of a room, in sentences. */

/** What `latchkey relay inspect` prints of a room, as far as it is told here. */
export interface RelayRoom {
  readonly id: string;
  readonly created: string;
  readonly seen: string;
  readonly bytes: number;
  readonly devices: readonly { readonly tag: string; readonly entries: number }[];
  readonly sizes: readonly { readonly bytes: number; readonly entries: number }[];
}

export function describeRoom({ id, created, seen, bytes, devices, sizes }: RelayRoom): string[] {
  const classes = sizes.map((size) => `${size.entries} of ${size.bytes / 1024} KiB`).join(", ");
  return [
    `a room without a name, ${id}, made on ${created}, last joined on ${seen}`,
    ...devices.map(({ tag, entries }) => `a device without a name, ${tag}, with ${entries} sealed entries`),
    `their sizes: ${classes}, ${bytes} bytes in all, and one sealed snapshot`,
  ];
}
