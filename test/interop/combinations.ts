/** What every relying party's library is asked to judge: all algorithms × resident key × user verification, for each attestation. */

const ALGORITHMS = [
  { name: "ES256", algorithm: -7 },
  { name: "EdDSA", algorithm: -8 },
  { name: "ES384", algorithm: -35 },
  { name: "RS256", algorithm: -257 },
] as const;

const REQUIREMENTS = ["required", "discouraged"] as const;

export const FORMATS = ["none", "packed"] as const;

export const COMBINATIONS = ALGORITHMS.flatMap((algorithm) =>
  REQUIREMENTS.flatMap((residentKey) =>
    REQUIREMENTS.map((userVerification) => ({ ...algorithm, residentKey, userVerification })),
  ),
);

export type Combination = (typeof COMBINATIONS)[number];
