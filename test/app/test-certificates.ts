/**
 * A certificate authority for tests, and a certificate of it for `localhost` with its key; they protect nothing. Node is told to trust the
 * authority, Chromium to let the key pass (`spkiOf`).
 */
import { createHash, X509Certificate } from "node:crypto";

/** The authority's own key is nowhere: it signed this one certificate. */
export const TEST_AUTHORITY = `-----BEGIN CERTIFICATE-----
MIIBjTCCATOgAwIBAgIUFuMxd4/+NT4UHko8tjdYPyEVQzYwCgYIKoZIzj0EAwIw
GzEZMBcGA1UEAwwQbGF0Y2hrZXkgdGVzdCBDQTAgFw0yNjExMjIwODQ4MDhaGA8y
MTI2MTAyOTA4NDgwOFowGzEZMBcGA1UEAwwQbGF0Y2hrZXkgdGVzdCBDQTBZMBMG
ByqGSM49AgEGCCqGSM49AwEHA0IABPik6g4nhWfWtptYC434tHsW+38QXrCmrB9D
X/pdxXNr3lZrsI3KOz7lw88HZ6P6qvB9VPKT1AkwewVscRHAPl+jUzBRMB0GA1Ud
DgQWBBRy2gMBqPQnJT8WioIE2abF0+SYCjAfBgNVHSMEGDAWgBRy2gMBqPQnJT8W
ioIE2abF0+SYCjAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIDJq
KN85tLQR5D8uMY5AziqmFiwa3lHEGLPGOxDmrjolAiEAhw/uGuiDqWM1K+DLCTRj
QNi/pQ5ObCnivz9mzhSoQ68=
-----END CERTIFICATE-----
`;

export const LOCALHOST = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBsTCCAVegAwIBAgIUJJS1kQqNg1tKV4aUZm0GqJvOolIwCgYIKoZIzj0EAwIw
GzEZMBcGA1UEAwwQbGF0Y2hrZXkgdGVzdCBDQTAgFw0yNjExMjIwODQ4MDhaGA8y
MTI2MTAyOTA4NDgwOFowFDESMBAGA1UEAwwJbG9jYWxob3N0MFkwEwYHKoZIzj0C
AQYIKoZIzj0DAQcDQgAEzz56SkBgK5chFoUKUAOCOwxEWGPYNzn47XcKXGRRD+lD
n2aCGvAWEyy5kDWJfOpBg2XFhsfaVcQwKWLZ+tLtYKN+MHwwGgYDVR0RBBMwEYIJ
bG9jYWxob3N0hwR/AAABMAkGA1UdEwQCMAAwEwYDVR0lBAwwCgYIKwYBBQUHAwEw
HQYDVR0OBBYEFGT79FexTx40+r20g5CGyRa0XfY1MB8GA1UdIwQYMBaAFHLaAwGo
9CclPxaKggTZpsXT5JgKMAoGCCqGSM49BAMCA0gAMEUCIQDCQFfEvYw0SrD/78Lc
T80Hp31P4slMUmWsbIK60tHoTAIgJGdGsLcdIZlhY49ZUEs1LVdKRsnV+YuKUCmR
jNbxxxo=
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgprfydgqfEuZnhK3U
BaCExJ+sstULnw3BeUCVc5uIOAWhRANCAATPPnpKQGArlyEWhQpQA4I7DERYY9g3
OfjtdwpcZFEP6UOfZoIa8BYTLLmQNYl86kGDZcWGx9pVxDApYtn60u1g
-----END PRIVATE KEY-----
`,
};

/** For `--ignore-certificate-errors-spki-list`. */
export function spkiOf(certificate: string): string {
  const key = new X509Certificate(certificate).publicKey.export({ type: "spki", format: "der" });
  return createHash("sha256").update(key).digest("base64");
}
