/** Where the package is: the root of its builds. */
import { join } from "node:path";

export const HOME = join(import.meta.dirname, "..");
