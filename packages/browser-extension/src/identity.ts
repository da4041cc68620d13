/**
 * What the extension is known by. Its id follows from the public key in its manifest (the first 32 hexadecimal digits of the SHA-256 of its
 * SubjectPublicKeyInfo, written as a to p), so a folder that is loaded has the same id on every machine, and the native messaging host can
 * name the one extension that it answers. Nobody has the private key: a folder is not signed, and a store has a key of its own.
 */

/** SubjectPublicKeyInfo, DER, base64. */
export const EXTENSION_KEY =
  "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAuRC3kAJ7vIpFB92BYj4ZDZvYntn0X882kB5mXbYC7QXpJKUgTcxSEwsqtChXVHkIjRH2KR6ZXwDzztuiOFrcSPRyLevuoUSAWfX1qnHT9bn1mjQTPCWLQyBom8aSxYZxX1QuD4HRihr/sNIZvSFi0ORoJ3/jw2C/aHRbm0TlrnVLGgv03Zv/3bEz7wu2/Utv2Occb3fy43nN7zHm8Jcxzw6OBnFW8P1J3gYXeN3umqKFWvmDcPazkW8a+shJeaGVZZ6iIn5ynRVnxdN32hg/JqQuYDrOpzp6p6H3A2VFLgPPej9dppwoNG3XITosSdPZciLExT+DA3ZBGUF18RsAXwIDAQAB";

/** A test derives it from the key. */
export const EXTENSION_ID = "nfpimehlffpmbgllopeddmndjolgcfhf";

/** As a browser names the extension to the host that it starts, and as the host's manifest names it. */
export const EXTENSION_ORIGIN = `chrome-extension://${EXTENSION_ID}/`;

/** Of the native messaging host, in browsers' registers of such hosts. */
export const HOST_NAME = "org.latchkey.host";
