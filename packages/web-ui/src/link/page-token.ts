/**
 * The page's token: swapped for the launch token in the address, then kept in memory. It lies in the tab's storage only from the end of a
 * page to the beginning of the next, so that a reload does not shut the person out.
 */

const STORED = "latchkey-page";
const LAUNCH = /^#launch=([A-Za-z0-9_-]{22})$/;

export interface PageToken {
  /** `null`: this page was not opened by Latchkey. */
  value: string | null;
}

export async function obtainPageToken(): Promise<PageToken> {
  const launch = LAUNCH.exec(location.hash)?.[1];
  const stored = sessionStorage.getItem(STORED);
  sessionStorage.removeItem(STORED);
  const token: PageToken = { value: launch === undefined ? stored : null };
  addEventListener("pagehide", () => {
    if (token.value !== null) sessionStorage.setItem(STORED, token.value);
  });
  // A page that comes back from the browser's own cache has its memory still.
  addEventListener("pageshow", () => sessionStorage.removeItem(STORED));
  if (launch === undefined) return token;
  history.replaceState(null, "", "/");
  const response = await fetch("/api/enter", { method: "POST", body: launch });
  token.value = response.ok ? ((await response.json()) as { readonly token: string }).token : stored;
  return token;
}

/** What opens one socket. `null` when the token is worth nothing. */
export async function obtainTicket(token: string): Promise<string | null> {
  const response = await fetch("/api/ticket", { method: "POST", headers: { "Latchkey-Page": token } });
  return response.ok ? ((await response.json()) as { readonly ticket: string }).ticket : null;
}
