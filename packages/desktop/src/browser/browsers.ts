/**
 * The browsers that the extension works in, and where each looks for native messaging hosts of this user
 * (developer.chrome.com/docs/extensions/develop/concepts/native-messaging): a folder, and on Windows a key of the registry.
 */
import { posix } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

export const BROWSERS = ["chromium", "chrome", "edge", "brave"] as const;
export type BrowserName = (typeof BROWSERS)[number];

export const BROWSER_TITLES: Readonly<Record<BrowserName, string>> = {
  chromium: "Chromium",
  chrome: "Google Chrome",
  edge: "Microsoft Edge",
  brave: "Brave",
};

/** Under the person's folder of settings. */
const ON_LINUX: Readonly<Record<BrowserName, string>> = {
  chromium: "chromium",
  chrome: "google-chrome",
  edge: "microsoft-edge",
  brave: "BraveSoftware/Brave-Browser",
};
/** Under `~/Library/Application Support`. */
const ON_MACOS: Readonly<Record<BrowserName, string>> = {
  chromium: "Chromium",
  chrome: "Google/Chrome",
  edge: "Microsoft Edge",
  brave: "BraveSoftware/Brave-Browser",
};
/** Under `HKCU\Software`. */
const ON_WINDOWS: Readonly<Record<BrowserName, string>> = {
  chromium: "Chromium",
  chrome: "Google\\Chrome",
  edge: "Microsoft\\Edge",
  brave: "BraveSoftware\\Brave-Browser",
};

/** Below a browser's folder of data. */
export const HOSTS_FOLDER = "NativeMessagingHosts";

/** A browser's folder of data for this user; not on Windows, where hosts are not found by it. */
export function dataFolderOf(
  browser: BrowserName,
  platform: NodeJS.Platform,
  env: Environment,
  home: string,
): string {
  if (platform === "darwin") return posix.join(home, "Library", "Application Support", ON_MACOS[browser]);
  const config = env["XDG_CONFIG_HOME"] ?? "";
  return posix.join(posix.isAbsolute(config) ? config : posix.join(home, ".config"), ON_LINUX[browser]);
}

/** The browser's own key, whose being there says that the browser is. */
export const registryKeyOf = (browser: BrowserName): string => `HKCU\\Software\\${ON_WINDOWS[browser]}`;
