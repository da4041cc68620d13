/** Where an organization's settings are, below HKEY_LOCAL_MACHINE; only administrators write there. One key for every channel. */
export const POLICY_KEY = String.raw`SOFTWARE\Policies\Latchkey`;
