/** German texts of the doctor's findings. Commands are not translated. */
import type { FindingKey, FindingText } from "./words-en.ts";

const good = (text: string): FindingText => ({ text, next: null });
const bad = (text: string, next: string): FindingText => ({ text, next });

export const FINDING_TEXTS_DE: Readonly<Record<FindingKey, FindingText>> = {
  "not-looked-at": good("nicht geprüft: etwas davor ist gebrochen"),
  "version-ok": good("Windows {0} kennt Passkey-Anbieter"),
  "version-old": bad(
    "Windows {0} kennt keine Passkey-Anbieter: ihm fehlt {1}",
    "die Updates von Windows 11 24H2 oder 25H2 installieren (Build 26100.6725 oder 26200.6725 und neuer)",
  ),
  "session-ok": good("die Sitzung ist an diesem Gerät"),
  "session-remote": bad(
    "das ist eine Remotesitzung, in der Windows keine Passkey-Anbieter zulässt",
    "sich am Gerät selbst anmelden",
  ),
  "package-ok": good("Paket {0}"),
  "package-none": bad(
    "keine Paketidentität: Windows nimmt Latchkey nicht in seine Liste auf",
    "das MSIX-Paket von Latchkey installieren und Latchkey von dort starten",
  ),
  "hello-ok": good("Windows Hello ist eingerichtet"),
  "hello-none": bad(
    "Windows Hello ist nicht eingerichtet",
    "Einstellungen, Konten, Anmeldeoptionen: eine PIN, einen Finger oder das Gesicht einrichten",
  ),
  "hello-refused": bad(
    "Windows Hello antwortet nicht: {0}",
    "Windows neu starten; bleibt es dabei, die PIN von Windows Hello entfernen und neu einrichten",
  ),
  "tpm-ok": good("TPM {0}"),
  "tpm-unknown": good("Windows sagt nicht, ob es ein TPM gibt"),
  "tpm-none": bad(
    "dieses Gerät hat kein TPM, oder es ist ausgeschaltet",
    "das TPM in den Einstellungen der Firmware einschalten",
  ),
  "registered-ok": good("Latchkey ist bei Windows angemeldet"),
  "registered-no": bad("Latchkey ist bei Windows nicht angemeldet", "latchkey provider enable ausführen"),
  "registered-unfit": bad(
    "Windows macht für Latchkey keinen Schlüssel: {0}",
    "die PIN von Windows Hello neu einrichten; nachsehen, ob das TPM eingeschaltet ist",
  ),
  "registered-refused": bad(
    "Windows lehnt ab: {0}",
    "Windows neu starten; bleibt es dabei, diesen Code melden",
  ),
  "switched-on-ok": good("Latchkey ist in den Einstellungen eingeschaltet"),
  "switched-on-no": bad(
    "Latchkey ist in den Einstellungen ausgeschaltet",
    "Einstellungen, Konten, Passkeys, Erweiterte Optionen: Latchkey einschalten und mit Windows Hello bestätigen",
  ),
  "key-ok": good("Windows unterschreibt seine Anfragen mit {0}; bisher {1} Bestätigungen"),
  "key-unknown": bad(
    "Windows' Schlüssel für Anfragen ist von einer Art, die Latchkey nicht kennt",
    "Latchkey aktualisieren; bis dahin lehnt es alle Anfragen ab",
  ),
  "key-refused": bad(
    "Windows gibt seinen Schlüssel für Anfragen nicht heraus: {0}",
    "latchkey provider disable und danach latchkey provider enable ausführen",
  ),
  "class-ok": good("Windows startet Latchkey und erreicht es; es ist {0}"),
  "class-missing": bad(
    "Windows kennt die Klasse von Latchkey nicht: {0}",
    "das MSIX-Paket noch einmal installieren: die Klasse fehlt darin",
  ),
  "class-silent": bad(
    "Windows erreicht Latchkey nicht: {0}",
    "Latchkey im Task-Manager beenden und noch einmal versuchen",
  ),
  "list-ok": good("{0} Passkeys im Tresor und in Windows' Liste"),
  "list-locked": good("{0} Passkeys in Windows' Liste; der Tresor ist gesperrt"),
  "list-differs": bad(
    "{0} Passkeys des Tresors fehlen in Windows' Liste, und {1} darin sind nicht im Tresor",
    "den Tresor mit latchkey unlock öffnen, eine Sekunde warten und noch einmal fragen",
  ),
  "list-refused": bad("Windows' Liste kann nicht gelesen werden: {0}", "Latchkey neu starten"),
  "extensions-none": good("keine Browser-Erweiterung, von der bekannt ist, dass sie bei Passkeys zuvorkommt"),
  "extensions-some": good(
    "{0} antwortet einer Seite vielleicht, bevor Windows gefragt wird; dann Passkeys in der Erweiterung ausschalten",
  ),
  "failures-none": good("zuletzt wurde keine Anfrage abgelehnt"),
  "failures-some": good("zuletzt abgelehnt: {0}"),
};
