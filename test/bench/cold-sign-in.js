/**
 * Starts `cold-sign-in.ts` as `bin/latchkey.js` starts the program: plain JavaScript, compiled code kept between runs, so that neither
 * types are stripped nor code is compiled again. Arguments: the vault, and the folder for the compiled code.
 */
import module from "node:module";

module.enableCompileCache(process.argv[3]);
await import("./cold-sign-in.ts");
