/** `latchkey practice`: a website to try passkeys with. */
import { defineSpec } from "../command.ts";

export const practiceSpec = defineSpec({
  name: "practice",
  summary: "serve a website on this machine to try passkeys with, until interrupted",
  details:
    "It registers a passkey, lets you sign in with it, and shows what a site learns by that. Every answer is verified as a site on the internet " +
    "does. It answers on this machine alone and keeps what it learnt in memory. Your browser asks its own passkey provider: in the app, Try it " +
    "uses your Latchkey vault also where the system knows nothing of it.",
  positionals: [],
  options: {
    open: { type: "boolean", summary: "show it in the browser" },
    port: { type: "string", value: "port", summary: "the port to answer at; without it 4489 or a free one" },
  },
  examples: ["latchkey practice", "latchkey practice --open"],
});
