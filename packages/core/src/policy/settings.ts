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
}

export interface TextSetting {
  readonly kind: "text";
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
} as const satisfies Readonly<Record<string, Setting>>;

export type SettingName = keyof typeof POLICY_SETTINGS;
