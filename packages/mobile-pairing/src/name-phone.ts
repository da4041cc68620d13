/** What this device is called before the person gives it a name, from what the browser says of itself. */

/** The system, as the other devices show it. */
export function namePlatform({ userAgent, maxTouchPoints }: Navigator): string {
  if (/Android/.test(userAgent)) return "Android";
  // An iPad says that it is a Mac; no Mac has a touch screen.
  if (/iPhone|iPad|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1)) return "iOS";
  if (/Windows/.test(userAgent)) return "Windows (browser)";
  if (/Macintosh/.test(userAgent)) return "macOS (browser)";
  return "Linux (browser)";
}

export function namePhone(navigator: Navigator): string {
  if (/iPad/.test(navigator.userAgent)) return "iPad";
  if (/iPhone/.test(navigator.userAgent)) return "iPhone";
  return namePlatform(navigator) === "Android" ? "Android phone" : "Phone";
}
