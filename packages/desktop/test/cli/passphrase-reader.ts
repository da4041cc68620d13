/** Reads a passphrase from file descriptor argv[2], then what is left on standard input, and prints both, or the error, as JSON. */
import { text } from "node:stream/consumers";
import { readPassphraseFrom } from "../../src/cli/passphrase-input.ts";

try {
  const passphrase = await readPassphraseFrom(Number(process.argv[2]), new AbortController().signal);
  console.log(JSON.stringify({ passphrase, rest: await text(process.stdin) }));
} catch (error) {
  console.log(JSON.stringify({ code: (error as { code: string }).code, message: (error as Error).message }));
}
