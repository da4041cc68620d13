/**
 * Overwrites secrets that we own. JavaScript may have copied them (garbage collection moves buffers, engines keep temporaries):
 * SECURITY.md says what this cannot promise. It shortens the time, it does not end it.
 */
export function wipe(...secrets: readonly Uint8Array[]): void {
  for (const secret of secrets) secret.fill(0);
}
