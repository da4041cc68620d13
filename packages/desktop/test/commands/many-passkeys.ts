/** A CXF account with any number of passkeys, each with a key of its own. */
import { generateKeyPairSync, randomBytes } from "node:crypto";

export function manyPasskeys(count: number): object {
  return {
    id: "YQ",
    username: "",
    email: "",
    collections: [],
    items: Array.from({ length: count }, (_, i) => ({
      id: Buffer.from(`item ${i}`).toString("base64url"),
      title: `Site ${i}`,
      creationAt: 1_795_000_000,
      credentials: [
        {
          type: "passkey",
          credentialId: randomBytes(32).toString("base64url"),
          rpId: `site-${i % 997}.example`,
          username: `user-${i}@example.test`,
          userDisplayName: `User ${i}`,
          userHandle: randomBytes(16).toString("base64url"),
          key: generateKeyPairSync("ec", { namedCurve: "prime256v1" })
            .privateKey.export({ type: "pkcs8", format: "der" })
            .toString("base64url"),
        },
      ],
    })),
  };
}
