/**
 * What an organization can set for Latchkey on its machines: the one list, from which the reader, the templates for Windows' group policy
 * and `docs/rollout.md` follow. A setting takes something away or fixes it; none opens a vault, shows it to anybody or sends it anywhere.
 */

export interface BooleanSetting {
  readonly kind: "boolean";
}

export interface NumberSetting {
  readonly kind: "number";
  readonly min: number;
  readonly max: number;
  /** What the editor of policies begins with. */
  readonly usual: number;
}

export interface TextSetting {
  readonly kind: "text";
  readonly of: "relay" | "folder";
  /** Characters. */
  readonly max: number;
}

export interface SettingWords {
  /** What is set, as the editor of policies lists it. */
  readonly title: string;
  /** What it does, in whole sentences. */
  readonly details: string;
  /** The name of the value's field; of a switch, none. */
  readonly label?: string;
  /** To the person whose machine it is: what is as it is because of it. */
  readonly shown: string;
}

export type Setting = (BooleanSetting | NumberSetting | TextSetting) & {
  readonly en: SettingWords;
  readonly de: SettingWords;
};

/** By the name of the value in the registry and in `policy.json`. */
export const POLICY_SETTINGS = {
  DisableProvider: {
    kind: "boolean",
    en: {
      title: "Do not offer Latchkey as a passkey provider",
      details:
        "Latchkey neither registers with Windows as a passkey provider nor answers its requests, and takes a registration back when it starts. The vault, its passkeys and the command line stay as they are.",
      shown: "Latchkey is not a passkey provider of this system",
    },
    de: {
      title: "Latchkey nicht als Passkey-Anbieter anbieten",
      details:
        "Latchkey meldet sich bei Windows nicht als Passkey-Anbieter an und beantwortet dessen Anfragen nicht; eine Anmeldung nimmt es beim Start zurück. Der Tresor, seine Passkeys und die Befehlszeile bleiben, wie sie sind.",
      shown: "Latchkey ist kein Passkey-Anbieter dieses Systems",
    },
  },
  AutoLockMinutes: {
    kind: "number",
    min: 1,
    max: 1_440,
    usual: 10,
    en: {
      title: "Lock the vault when it is not used",
      details:
        "The vault locks when no command and no page has used it for this many minutes. Locked, it does not sync. A sign-in through Windows opens it again with its own gesture.",
      label: "Minutes",
      shown: "the vault locks when it was not used for some minutes",
    },
    de: {
      title: "Den Tresor sperren, wenn er nicht gebraucht wird",
      details:
        "Der Tresor sperrt sich, wenn ihn so viele Minuten lang kein Befehl und keine Seite gebraucht hat. Gesperrt gleicht er sich nicht ab. Eine Anmeldung über Windows öffnet ihn mit ihrer eigenen Geste wieder.",
      label: "Minuten",
      shown: "der Tresor sperrt sich, wenn er einige Minuten nicht gebraucht wurde",
    },
  },
  ForceRelay: {
    kind: "text",
    of: "relay",
    max: 400,
    en: {
      title: "Sync through this relay alone",
      details:
        "The address of a relay, such as https://relay.example. Vaults on this machine sync through it and through no other, neither on the internet nor on the local network. What the vault itself lists stays as it is, for its other devices.",
      label: "Address",
      shown: "the vault syncs through one relay alone",
    },
    de: {
      title: "Nur über dieses Relay abgleichen",
      details:
        "Die Adresse eines Relays, etwa https://relay.example. Tresore auf diesem Gerät gleichen sich über dieses ab und über kein anderes, weder im Internet noch im lokalen Netz. Was der Tresor selbst auflistet, bleibt für seine anderen Geräte, wie es ist.",
      label: "Adresse",
      shown: "der Tresor gleicht sich nur über ein Relay ab",
    },
  },
  ForbidPlainExport: {
    kind: "boolean",
    en: {
      title: "Forbid exports in plain text",
      details:
        "Passkeys leave the vault on this machine in sealed backups alone. The formats of other password managers, which hold private keys in plain text, are refused in the app and on the command line.",
      shown: "passkeys leave this device in sealed backups alone",
    },
    de: {
      title: "Exporte im Klartext verbieten",
      details:
        "Passkeys verlassen den Tresor auf diesem Gerät nur in versiegelten Sicherungen. Die Formate anderer Passwort-Manager, in denen private Schlüssel im Klartext stehen, werden in der App und auf der Befehlszeile abgelehnt.",
      shown: "Passkeys verlassen dieses Gerät nur in versiegelten Sicherungen",
    },
  },
  ForbidAddingDevices: {
    kind: "boolean",
    en: {
      title: "Forbid adding devices",
      details:
        "No device is let into a vault from this machine. Recovery pages can still be made, and the vault's other devices are not bound by this.",
      shown: "no further device is added from this device",
    },
    de: {
      title: "Hinzufügen von Geräten verbieten",
      details:
        "Von diesem Gerät aus wird kein Gerät in einen Tresor aufgenommen. Wiederherstellungsseiten lassen sich weiterhin anlegen, und die anderen Geräte des Tresors bindet das nicht.",
      shown: "von diesem Gerät aus wird kein weiteres Gerät hinzugefügt",
    },
  },
  RequireSecondDevice: {
    kind: "boolean",
    en: {
      title: "Let two devices agree before a new one can sign",
      details:
        "A device that is let in from this machine can sign in to sites only when a second device of the vault has agreed. Where there is no second device yet, it waits ten minutes. Nobody can choose a weaker rule on this machine.",
      shown: "a new device can sign in only when a second device agrees",
    },
    de: {
      title: "Zwei Geräte müssen zustimmen, bevor ein neues sich anmelden kann",
      details:
        "Ein Gerät, das von hier aus aufgenommen wird, kann sich erst bei Websites anmelden, wenn ein zweites Gerät des Tresors zugestimmt hat. Gibt es noch kein zweites, wartet es zehn Minuten. Auf diesem Gerät lässt sich keine schwächere Regel wählen.",
      shown: "ein neues Gerät kann sich erst anmelden, wenn ein zweites Gerät zustimmt",
    },
  },
  MaxPageAgeDays: {
    kind: "number",
    min: 1,
    max: 3_650,
    usual: 365,
    en: {
      title: "Ask for a new recovery page",
      details:
        "A recovery page that is older than this many days is shown as overdue, and so is having none. Nothing stops: the page goes on opening the vault until a new one takes its place.",
      label: "Days",
      shown: "a recovery page is to be renewed after some days",
    },
    de: {
      title: "Eine neue Wiederherstellungsseite verlangen",
      details:
        "Eine Wiederherstellungsseite, die älter ist als so viele Tage, gilt als überfällig, und ebenso, gar keine zu haben. Es hört nichts auf: Die Seite öffnet den Tresor weiterhin, bis eine neue an ihre Stelle tritt.",
      label: "Tage",
      shown: "eine Wiederherstellungsseite ist nach einigen Tagen zu erneuern",
    },
  },
  MaxDrillAgeDays: {
    kind: "number",
    min: 1,
    max: 3_650,
    usual: 180,
    en: {
      title: "Ask for the recovery page to be tested",
      details:
        "When the last test of the recovery page is older than this many days, or there was none, the test is shown as overdue. Nothing stops.",
      label: "Days",
      shown: "the recovery page is to be tested every so many days",
    },
    de: {
      title: "Die Prüfung der Wiederherstellungsseite verlangen",
      details:
        "Liegt die letzte Prüfung der Wiederherstellungsseite länger zurück als so viele Tage, oder gab es keine, gilt die Prüfung als überfällig. Es hört nichts auf.",
      label: "Tage",
      shown: "die Wiederherstellungsseite ist alle so viele Tage zu prüfen",
    },
  },
  LogSink: {
    kind: "text",
    of: "folder",
    max: 400,
    en: {
      title: "Keep a copy of the activity log in a folder",
      details:
        "The absolute path of a folder. The host adds the signed lines of this device's activity log to a file there. They say what was done and when, and name passkeys by a keyed number: no site, no account and no device name is in them.",
      label: "Folder",
      shown: "a copy of this device's activity log, without names, goes to a folder of the organization",
    },
    de: {
      title: "Eine Kopie des Aktivitätsprotokolls in einem Ordner ablegen",
      details:
        "Der absolute Pfad eines Ordners. Latchkey fügt dort einer Datei die signierten Zeilen des Aktivitätsprotokolls dieses Geräts hinzu. Sie sagen, was wann getan wurde, und nennen Passkeys mit einer Nummer, die nur der Tresor auflösen kann: Keine Website, kein Konto und kein Gerätename steht darin.",
      label: "Ordner",
      shown:
        "eine Kopie des Aktivitätsprotokolls dieses Geräts geht ohne Namen in einen Ordner der Organisation",
    },
  },
} as const satisfies Readonly<Record<string, Setting>>;

export type SettingName = keyof typeof POLICY_SETTINGS;
