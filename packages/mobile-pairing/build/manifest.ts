/** The web app manifest (https://www.w3.org/TR/appmanifest/): what an installed Latchkey is called and looks like. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ICONS } from "./icons.ts";

export function writeManifest(folder: string): void {
  const manifest = {
    id: "./",
    name: "Latchkey",
    short_name: "Latchkey",
    start_url: "./",
    scope: "./",
    display: "standalone",
    background_color: "#f6f4ee",
    theme_color: "#17624f",
    icons: ICONS.map(({ file, size, purpose }) => ({
      src: `./${file}`,
      sizes: `${size}x${size}`,
      type: "image/png",
      purpose,
    })),
  };
  writeFileSync(join(folder, "manifest.webmanifest"), JSON.stringify(manifest));
}
