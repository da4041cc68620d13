/** Whatever an authenticator answers, a ceremony ends with an answer or with an error that has a name. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { concatBytes } from "../../src/bytes/concat.ts";
import { createTestAuthenticator } from "../authenticator/support.ts";
import { createWebAuthnClient } from "../../src/client/webauthn-client.ts";
import { WebAuthnError } from "../../src/client/webauthn-error.ts";
import { createSeededRandom } from "../seeded-random.ts";
import { createTestTransport } from "../authenticator/salt-client.ts";
import { compression, creationOptions, PAGE, requestOptions, text } from "./support.ts";

const prf = { eval: { first: text("one") } };

test("broken answers are answers or named errors", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat({ max: 5 }),
      fc.oneof(
        fc.uint8Array({ maxLength: 80 }),
        fc.record({ at: fc.nat({ max: 400 }), xor: fc.integer({ min: 1, max: 255 }) }),
        fc.record({ cut: fc.nat({ max: 400 }) }),
      ),
      async (spoilt, how) => {
        const authenticator = createTestAuthenticator();
        let count = 0;
        const client = createWebAuthnClient({
          crypto: authenticator.host.crypto,
          transport: createTestTransport(),
          random: createSeededRandom(3),
          fetchWellKnown: null,
          largeBlobs: compression,
          async transact(request) {
            const { bytes } = await authenticator.sendBytes(request);
            if (count++ !== spoilt) return bytes;
            if (how instanceof Uint8Array) return concatBytes(Uint8Array.of(0), how);
            if ("cut" in how) return bytes.slice(0, how.cut);
            const changed = bytes.slice();
            const at = how.at % changed.length;
            changed[at] = (changed[at] as number) ^ how.xor;
            return changed;
          },
        });
        try {
          await client.create(PAGE, creationOptions({ extensions: { prf } }));
          await client.get(PAGE, requestOptions({ extensions: { prf, largeBlob: { read: true } } }));
        } catch (error) {
          expect(error).toBeInstanceOf(WebAuthnError);
        }
      },
    ),
    { numRuns: process.env["SLOW"] === undefined ? 150 : 5000 },
  );
}, 120_000);
