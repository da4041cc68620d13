/**
 * Extensions of Chromium's family that answer a page's request for a passkey themselves, before Windows is asked: where one is installed, the
 * page never reaches Latchkey. Found by their folders; what a policy installs elsewhere, and Firefox, is not seen.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Folders of browsers below %LOCALAPPDATA%, each with a folder for each profile. */
const BROWSERS: readonly (readonly [name: string, ...path: string[]])[] = [
  ["Chrome", "Google", "Chrome", "User Data"],
  ["Edge", "Microsoft", "Edge", "User Data"],
  ["Brave", "BraveSoftware", "Brave-Browser", "User Data"],
];

/** Ids in the stores of Chrome and Edge. */
const EXTENSIONS: readonly (readonly [id: string, name: string])[] = [
  ["nngceckbapebfimnlniiiahkandclblb", "Bitwarden"],
  ["jbkfoedolllekgbhcbcoahefnbanhhlh", "Bitwarden"],
  ["aeblfdkhhhdcdjpifhhbdiojplfjncoa", "1Password"],
  ["dppgmdbiimibapkepcbdbmkaabgiofem", "1Password"],
  ["fdjamakpfbbddfjaooikfcpapjohcfmg", "Dashlane"],
  ["hdokiejnpimakedhajhdlcegeplioahd", "LastPass"],
  ["ghmbeldphafepmbegfdlkpapadhbakde", "Proton Pass"],
  ["oboonakemofpalcgghocfoadofidjkkk", "KeePassXC-Browser"],
  ["eiaeiblijfjekdanodkjadfinkhbfgcd", "NordPass"],
  ["bfogiafebfohielmmehodmfbbebbbpei", "Keeper"],
];

/** `Bitwarden in Chrome`, each once. `localAppData`: %LOCALAPPDATA% of the person; what cannot be read is not there. */
export function findCompetingExtensions(localAppData: string): readonly string[] {
  const found = new Set<string>();
  for (const [browser, ...path] of BROWSERS) {
    const base = join(localAppData, ...path);
    for (const profile of listFolders(base)) {
      for (const [id, name] of EXTENSIONS) {
        if (existsSync(join(base, profile, "Extensions", id))) found.add(`${name} in ${browser}`);
      }
    }
  }
  return [...found];
}

function listFolders(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
