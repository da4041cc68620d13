/**
 * German texts for people, one for each error code: `text` says what happened and what it means (at most two sentences), `hint`
 * says what to do next. Commands, options and codes are not translated.
 *
 * Words: Postfach (mailbox), Kopie (copy), Tresor (vault), Gerät (device).
 */
import type { ErrorCode } from "../errors.ts";

export const ERROR_TEXTS_DE: Record<ErrorCode, { readonly text: string; readonly hint: string }> = {
  "LK-CBOR-INVALID": {
    text: "Die Daten haben nicht genau die erwartete Form. Nichts davon wurde verwendet.",
    hint: "Die Daten noch einmal von ihrer Quelle holen; bleibt es dabei, `latchkey doctor` ausführen.",
  },

  "LK-KEY-PASSPHRASE-WRONG": {
    text: "Diese Passphrase öffnet den Tresor nicht. Nichts wurde geändert.",
    hint: "Tastaturbelegung und Feststelltaste prüfen, dann noch einmal versuchen.",
  },
  "LK-KEY-WAIT": {
    text: "Nach mehreren falschen Versuchen muss der nächste warten. Der Tresor ist sicher.",
    hint: "Warten, bis die angezeigte Zeit vorbei ist, dann noch einmal versuchen.",
  },
  "LK-KEY-DAMAGED": {
    text: "Der gespeicherte Schlüssel dieses Tresors ist auf diesem Gerät beschädigt. Die anderen Geräte sind nicht betroffen.",
    hint: "Die Datei aufheben und dieses Gerät von einem anderen aus neu hinzufügen.",
  },
  "LK-KEY-SECRET-REFUSED": {
    text: "Der private Schlüssel eines Passkeys gehört nicht zu seinem Eintrag. Er wurde nicht verwendet.",
    hint: "Diesen Passkey auf einem anderen Gerät verwenden und hier `latchkey doctor` ausführen.",
  },
  "LK-KEY-HELLO-GONE": {
    text: "Windows Hello wurde neu eingerichtet, sein Schlüssel für diesen Tresor ist damit weg. Nichts ist verloren: Die Passphrase öffnet den Tresor.",
    hint: "`latchkey provider enable` ausführen und die Passphrase angeben; danach öffnet Windows Hello den Tresor wieder.",
  },
  "LK-KEY-HELLO-UNFIT": {
    text: "Windows Hello antwortet auf diesem Gerät nicht zweimal gleich, darum kann ihm kein Tresor anvertraut werden. Nichts wurde geändert.",
    hint: "Mit der Passphrase weitermachen und `latchkey doctor windows` ausführen.",
  },

  "LK-VAULT-LOCKED": {
    text: "Der Tresor ist gesperrt. Bis er geöffnet wird, kann nichts angezeigt oder unterschrieben werden.",
    hint: "`latchkey unlock` ausführen.",
  },
  "LK-VAULT-IN-USE": {
    text: "Ein anderes Programm hat diesen Tresor geöffnet. Zwei Programme schreiben nie in einen Tresor.",
    hint: "Das laufende Latchkey verwenden oder es beenden und noch einmal versuchen.",
  },
  "LK-VAULT-NOT-A-VAULT": {
    text: "Diese Datei ist kein Latchkey-Tresor. Sie wurde nicht geändert.",
    hint: "Den Pfad hinter --vault prüfen.",
  },
  "LK-VAULT-MISSING": {
    text: "Hier gibt es noch keinen Tresor.",
    hint: "Mit `latchkey init` einen anlegen oder mit `latchkey device join` einem vorhandenen beitreten.",
  },
  "LK-VAULT-EXISTS": {
    text: "Hier gibt es schon einen Tresor. Er wurde nicht angerührt.",
    hint: "Diesen Tresor verwenden oder mit --vault einen anderen Ort wählen.",
  },
  "LK-VAULT-NEWER": {
    text: "Eine neuere Version von Latchkey hat diesen Tresor geschrieben. Diese Version ändert ihn nicht.",
    hint: "Latchkey auf diesem Gerät aktualisieren.",
  },
  "LK-VAULT-DISK-FULL": {
    text: "Der Datenträger ist voll, die letzte Änderung wurde nicht gespeichert. Alles davor ist sicher.",
    hint: "Platz schaffen und die Änderung noch einmal machen.",
  },
  "LK-VAULT-FILE": {
    text: "Die Tresordatei kann hier nicht gelesen oder geschrieben werden. Nichts wurde geändert.",
    hint: "Prüfen, ob Ordner und Datei Ihnen gehören und der Datenträger nicht schreibgeschützt oder defekt ist.",
  },
  "LK-VAULT-DAMAGED": {
    text: "Ein Teil der Tresordatei ist beschädigt. Der Rest lässt sich öffnen und wird angezeigt.",
    hint: "Die Datei aufheben, dieses Gerät mit einem anderen abgleichen, dann `latchkey doctor` ausführen.",
  },
  "LK-VAULT-NOT-FOUND": {
    text: "So etwas gibt es in diesem Tresor nicht.",
    hint: "Mit `latchkey passkey list`, `latchkey device list` oder `latchkey conflict list` nachsehen.",
  },
  "LK-VAULT-AMBIGUOUS": {
    text: "Darauf passt mehr als ein Eintrag. Nichts wurde geändert.",
    hint: "Mehr von der Kennung angeben oder sie als site/user schreiben.",
  },
  "LK-VAULT-LIMIT": {
    text: "Das ist größer, als ein Tresor aufnehmen kann. Nichts wurde geändert.",
    hint: "Es kürzer machen; die Grenze steht in den Einzelheiten.",
  },

  "LK-ENTRY-TOO-LARGE": {
    text: "Eine Änderung ist zu groß, um in einem Stück gespeichert zu werden. Nichts wurde geändert.",
    hint: "Den Text kürzen oder die Änderung in kleineren Schritten machen.",
  },
  "LK-ENTRY-MALFORMED": {
    text: "Eine Änderung, die ankam, hat nicht die erwartete Form. Sie wurde beiseitegelegt, der Tresor ist unverändert.",
    hint: "Geschieht es einmal, ist nichts zu tun; kommt es wieder, `latchkey doctor` ausführen.",
  },
  "LK-ENTRY-SIGNATURE": {
    text: "Eine Änderung, die ankam, stammt nicht von dem Gerät, das sie nennt. Sie wurde beiseitegelegt, der Tresor ist unverändert.",
    hint: "Die Geräte mit `latchkey device list` ansehen; kommt es wieder, ein anderes Postfach verwenden.",
  },
  "LK-ENTRY-SEAL": {
    text: "Eine Änderung, die ankam, lässt sich mit den Schlüsseln dieses Tresors nicht öffnen. Sie wurde beiseitegelegt, der Tresor ist unverändert.",
    hint: "Geschieht es einmal, ist nichts zu tun; kommt es wieder, `latchkey doctor` ausführen.",
  },
  "LK-ENTRY-EPOCH": {
    text: "Eine Änderung, die ankam, gehört zu einem anderen Schlüsselabschnitt dieses Tresors. Sie wurde beiseitegelegt.",
    hint: "Die anderen Geräte online bringen, damit alle dieselben Schlüssel verwenden.",
  },
  "LK-ENTRY-CHANGE": {
    text: "Eine Änderung, die ankam, ist innen beschädigt. Sie wurde beiseitegelegt, der Tresor ist unverändert.",
    hint: "Das Gerät, das sie gemacht hat, online bringen, damit es sie noch einmal senden kann.",
  },
  "LK-ENTRY-FORBIDDEN": {
    text: "Eine Änderung, die ankam, wollte etwas überschreiben, das sich nie ändert. Sie wurde beiseitegelegt, der Tresor ist unverändert.",
    hint: "Herausfinden, welches Gerät sie gemacht hat; ist es kein eigenes, es nicht mehr verwenden.",
  },

  "LK-EPOCH-MALFORMED": {
    text: "Die Liste der Geräte kam in einer Form an, die nicht verstanden wird. Sie wurde nicht verwendet.",
    hint: "Latchkey auf allen Geräten aktualisieren, dann noch einmal abgleichen.",
  },
  "LK-EPOCH-SIGNATURE": {
    text: "Eine Änderung an der Liste der Geräte ist von keinem von ihnen unterschrieben. Sie wurde nicht verwendet.",
    hint: "Die Geräte mit `latchkey device list` ansehen; kommt es wieder, ein anderes Postfach verwenden.",
  },
  "LK-EPOCH-SEAL": {
    text: "Die Schlüssel, die an dieses Gerät geschickt wurden, kann es nicht öffnen. Sie wurden nicht verwendet.",
    hint: "Noch einmal abgleichen; bleibt es dabei, dieses Gerät neu hinzufügen.",
  },
  "LK-EPOCH-SNAPSHOT": {
    text: "Die Kopie des Tresors, die ankam, ist nicht vollständig und echt. Sie wurde nicht verwendet.",
    hint: "Noch einmal versuchen, während ein anderes Gerät online ist und eine gute Kopie senden kann.",
  },
  "LK-EPOCH-STATE": {
    text: "Ein Gerät hat die Schlüssel des Tresors gewechselt, und was es weitergab, ist nicht, was der Tresor enthält. Es wurde nicht verwendet.",
    hint: "Mit `latchkey device list` herausfinden, welches Gerät es war; ist es kein eigenes, es entfernen.",
  },
  "LK-EPOCH-CONTACT": {
    text: "Die Schlüssel lassen sich nur wechseln, solange das Postfach erreichbar ist, damit kein Gerät ausgesperrt wird. Es wurde nichts geändert.",
    hint: "Noch einmal versuchen, wenn eine Verbindung besteht.",
  },
  "LK-EPOCH-INTENDED": {
    text: "Kein Postfach ist erreichbar, darum ist es noch nicht geschehen. Es ist vorgemerkt und geschieht beim nächsten Kontakt, sobald Sie sich für irgendetwas ausweisen.",
    hint: "Nichts zu tun; `latchkey intent list` zeigt es, `latchkey intent withdraw` nimmt es zurück.",
  },
  "LK-EPOCH-REMOVED": {
    text: "Dieses Gerät wurde aus dem Tresor entfernt. Es behält, was es hatte, und bekommt nichts Neues.",
    hint: "War das nicht gewollt, den Tresor auf einem anderen Gerät ansehen; zum Weiterverwenden dieses Gerät neu hinzufügen.",
  },
  "LK-EPOCH-PROBATION": {
    text: "Dieses Gerät ist neu und noch auf Probe: Es zeigt die Passkeys und unterschreibt noch nicht. Ab wann, steht in den Einzelheiten.",
    hint: "Warten, bis die Zeit um ist, oder auf einem anderen Gerät `latchkey device approve` ausführen.",
  },
  "LK-EPOCH-SECOND-DEVICE": {
    text: "Dafür braucht es ein zweites Gerät des Tresors, das zustimmt. Nichts wurde geändert.",
    hint: "Denselben Befehl auf einem anderen Gerät ausführen; gibt es keines, mit `latchkey device add` eines hinzufügen.",
  },

  "LK-SYNC-NO-RELAY": {
    text: "Dieser Tresor hat kein Postfach. Er arbeitet auf diesem Gerät und erreicht kein anderes.",
    hint: "Mit `latchkey relay add` eines hinzufügen.",
  },
  "LK-RELAY-UNREACHABLE": {
    text: "Das Postfach ist nicht erreichbar. Die Passkeys funktionieren weiter, und alles ist auf diesem Gerät gespeichert.",
    hint: "Nichts zu tun: Latchkey versucht es von selbst wieder, sobald das Netz da ist.",
  },
  "LK-RELAY-REFUSED": {
    text: "Das Postfach hat diesen Tresor nicht angenommen. Die Passkeys funktionieren weiter, und alles ist auf diesem Gerät gespeichert.",
    hint: "Den Betreiber des Postfachs fragen oder ein anderes verwenden.",
  },
  "LK-RELAY-VERSION": {
    text: "Das Postfach und diese Version von Latchkey verstehen sich nicht. Die Passkeys funktionieren weiter.",
    hint: "Latchkey aktualisieren oder den Betreiber des Postfachs darum bitten.",
  },
  "LK-RELAY-PROTOCOL": {
    text: "Das Postfach hat etwas Unsinniges gesendet. Die Verbindung wurde geschlossen, der Tresor ist unverändert.",
    hint: "Geschieht es einmal, ist nichts zu tun; kommt es wieder, ein anderes Postfach verwenden.",
  },
  "LK-RELAY-ORIGIN": {
    text: "Das Postfach nennt eine andere Adresse als die angerufene. Es wurde ihm nichts gesendet.",
    hint: "Die Adresse prüfen; der Betreiber muss seine öffentliche Adresse einstellen.",
  },
  "LK-RELAY-AUTH": {
    text: "Das Postfach hat den Nachweis nicht angenommen, dass dieser Tresor der eigene ist. Die Passkeys funktionieren weiter.",
    hint: "Mit einem anderen Gerät abgleichen; bleibt es dabei, `latchkey doctor` ausführen.",
  },
  "LK-RELAY-ADMISSION": {
    text: "Das Postfach nimmt neue Tresore nur auf Einladung an. Die Passkeys funktionieren weiter, und alles ist auf diesem Gerät gespeichert.",
    hint: "Wer das Postfach betreibt, gibt eine Adresse mit Einladung heraus: an `latchkey relay add` geben.",
  },
  "LK-RELAY-QUOTA": {
    text: "Das Postfach ist für diesen Tresor voll. Die Passkeys funktionieren weiter, und alles ist auf diesem Gerät gespeichert.",
    hint: "Den Betreiber um mehr Platz bitten oder ein anderes Postfach verwenden.",
  },
  "LK-RELAY-RATE": {
    text: "Das Postfach bittet dieses Gerät, langsamer zu senden. Alles ist auf diesem Gerät gespeichert.",
    hint: "Nichts zu tun: Latchkey wartet und versucht es von selbst wieder.",
  },
  "LK-RELAY-FRAME": {
    text: "Eine Nachricht war größer, als das Postfach annimmt. Sie wurde nicht weitergegeben, und nichts ist verloren.",
    hint: "Latchkey auf diesem Gerät aktualisieren; bleibt es dabei, es melden.",
  },
  "LK-RELAY-HANDSHAKE-TIMEOUT": {
    text: "Der Beginn der Verbindung zum Postfach hat zu lange gedauert. Die Passkeys funktionieren weiter.",
    hint: "Nichts zu tun: Latchkey versucht es von selbst wieder.",
  },
  "LK-RELAY-STORE": {
    text: "Das Postfach konnte gerade nichts speichern. Alles ist auf diesem Gerät gespeichert.",
    hint: "Nichts zu tun: Latchkey versucht es wieder; bleibt es dabei, es dem Betreiber sagen.",
  },
  "LK-RELAY-RESTART": {
    text: "Das Postfach startet neu. Alles ist auf diesem Gerät gespeichert.",
    hint: "Nichts zu tun: Latchkey verbindet sich gleich wieder.",
  },
  "LK-RELAY-SLOW": {
    text: "Dieses Gerät hat zu langsam empfangen, darum hat das Postfach die Verbindung geschlossen. Nichts ist verloren.",
    hint: "Nichts zu tun: Latchkey verbindet sich wieder und holt den Rest.",
  },
  "LK-RELAY-CONFIG": {
    text: "Eine Einstellung des Postfachs ist ungültig, darum ist es nicht gestartet.",
    hint: "Die Einstellung berichtigen, die in den Einzelheiten genannt ist.",
  },
  "LK-RELAY-GONE": {
    text: "Das Postfach hat das Gesuchte nicht mehr. Der Tresor auf diesem Gerät ist vollständig.",
    hint: "Beim Abgleich ist nichts zu tun; beim Hinzufügen eines Geräts einen neuen Code zeigen.",
  },
  "LK-RELAY-EVIDENCE": {
    text: "Diese Datei ist nicht das, was ein Gerät eines Tresors über ein Postfach festgehalten hat, oder sie wurde seither verändert. Sie zeigt nichts.",
    hint: "Die Datei noch einmal von dem Gerät holen, das sie gemacht hat.",
  },

  "LK-EXPORT-DAMAGED": {
    text: "Diese Kopie eines Tresors ist beschädigt, abgeschnitten oder etwas anderes. Nichts davon wurde verwendet.",
    hint: "Sie mit `latchkey log export` noch einmal anlegen und die beschädigte behalten, bis die neue da ist.",
  },
  "LK-EXPORT-KEY": {
    text: "Die Schlüssel hier öffnen diese Kopie nicht. Sie gehört zu einem anderen Tresor oder zu einer Zeit, bevor dieses Gerät dazukam.",
    hint: "Ein Gerät oder eine Wiederherstellungsseite verwenden, die zum Tresor dieser Kopie gehören.",
  },
  "LK-EXPORT-FILE": {
    text: "Die Kopie kann dort nicht geschrieben oder gelesen werden. Was dort liegt, wurde nicht verändert.",
    hint: "Einen neuen Namen in einem eigenen Ordner wählen, auf einem Datenträger mit freiem Platz.",
  },
  "LK-EXPORT-UNCONFIRMED": {
    text: "Der Satz, der sagt, was diese Datei kann, wurde nicht so eingegeben, wie er dasteht. Es wurde nichts geschrieben.",
    hint: "Ihn eingeben, wie er gezeigt wird, oder versiegelt exportieren: Das braucht keinen Satz.",
  },

  "LK-IMPORT-FILE": {
    text: "Die Datei lässt sich nicht lesen. Es wurde nichts geändert.",
    hint: "Den Namen prüfen, und ob Sie die Datei lesen dürfen.",
  },
  "LK-IMPORT-FORMAT": {
    text: "Das ist kein Export von Passkeys, den Latchkey kennt. Es wurde nichts geändert.",
    hint: "Dort als CXF, Bitwarden-JSON oder KeePassXC exportieren; docs/moving.md beschreibt es für jedes Programm.",
  },
  "LK-IMPORT-BOUND": {
    text: "Nur das Programm und das Konto, die diese Datei gemacht haben, können sie öffnen. Es wurde nichts geändert.",
    hint: "Noch einmal exportieren, ohne Verschlüsselung oder mit einem eigenen Passwort.",
  },
  "LK-IMPORT-VERSION": {
    text: "Diese Datei hat eine Version ihres Formats, die Latchkey nicht kennt. Es wurde nichts geändert.",
    hint: "In einem anderen Format exportieren oder ein neueres Latchkey verwenden.",
  },
  "LK-IMPORT-PASSWORD": {
    text: "Dieses Passwort öffnet die Datei nicht. Es wurde nichts geändert.",
    hint: "Es ist das, das beim Anlegen der Datei gewählt wurde; die Tastaturbelegung prüfen und noch einmal versuchen.",
  },
  "LK-IMPORT-KDF": {
    text: "Diese Datei zu öffnen würde mehr kosten als bei jeder redlichen, oder auf eine unbekannte Weise geschehen. Es wurde nichts geändert.",
    hint: "Mit den üblichen Einstellungen des Programms noch einmal exportieren.",
  },
  "LK-IMPORT-DAMAGED": {
    text: "Diese Datei ist beschädigt oder abgeschnitten. Es wurde nichts geändert.",
    hint: "Noch einmal exportieren und das alte Programm behalten, bis der Import gelungen ist.",
  },
  "LK-IMPORT-TOO-LARGE": {
    text: "Diese Datei ist größer als jeder Export von Passkeys. Es wurde nichts geändert.",
    hint: "Nur die Passkeys exportieren oder in mehrere Dateien.",
  },
  "LK-IMPORT-STOPPED": {
    text: "Ein anderes Gerät hat die Schlüssel des Tresors gewechselt, während der Import lief; er hat deshalb angehalten. Was bis dahin hereinkam, ist ganz und bleibt.",
    hint: "Dieselbe Datei noch einmal importieren: Es geht mit dem Rest weiter.",
  },
  "LK-IMPORT-BATCH": {
    text: "Es gibt keinen Import, der sich rückgängig machen lässt: Keiner ist jünger als 24 Stunden. Es wurde nichts geändert.",
    hint: "Einzelne Passkeys mit `latchkey passkey rm` in den Papierkorb legen.",
  },

  "LK-RECOVERY-MALFORMED": {
    text: "Das ist keine Wiederherstellungsseite von Latchkey, oder ein Teil davon fehlt. Nichts wurde geändert.",
    hint: "Alle zehn Gruppen so eingeben, wie sie gedruckt sind, oder das Bild noch einmal scannen.",
  },
  "LK-RECOVERY-TYPO": {
    text: "Eine Gruppe ist nicht so, wie sie gedruckt wurde; ihre Nummer steht in den Einzelheiten. Nichts wurde geändert.",
    hint: "Diese Gruppe auf der Seite noch einmal Zeichen für Zeichen ansehen.",
  },
  "LK-RECOVERY-SHARES": {
    text: "Diese Seiten ergeben kein Geheimnis: Eine von drei Seiten genügt nicht, und Seiten aus zwei Sätzen passen nicht zusammen. Nichts wurde geändert.",
    hint: "Zwei verschiedene Seiten mit demselben Datum aus einem Satz von dreien nehmen.",
  },
  "LK-RECOVERY-OTHER": {
    text: "Diese Seite gehört zu einem anderen Tresor oder wurde nie fertig. Sie öffnet hier nichts.",
    hint: "Die Seite dieses Tresors suchen, oder mit `latchkey recovery create` eine machen.",
  },
  "LK-RECOVERY-DEAD": {
    text: "Diese Seite ist tot: Eine neuere hat sie ersetzt. Sie öffnet nichts mehr.",
    hint: "Sie vernichten und die neueste Seite verwenden; gibt es keine, mit `latchkey recovery create` eine machen.",
  },
  "LK-RECOVERY-NOTHING": {
    text: "Kein Postfach hat etwas für diese Seite. Die Seite kann richtig sein, aber ohne Postfach oder Sicherungsdatei öffnet sie den Tresor nicht.",
    hint: "Die Adresse des Postfachs prüfen, es später noch einmal versuchen oder mit --backup eine Sicherungsdatei angeben.",
  },
  "LK-RECOVERY-BACKUP": {
    text: "Diese Sicherung öffnet sich damit nicht. Sie kann von einem anderen Tresor sein oder älter als die Seite.",
    hint: "Eine neuere Sicherungsdatei versuchen, oder die Seite oder Passphrase, für die sie gemacht wurde.",
  },

  "LK-PAIR-MALFORMED": {
    text: "Das ist keine Einladung in einen Tresor oder nur ein Teil davon. Nichts wurde geändert.",
    hint: "Den Code auf dem anderen Gerät noch einmal zeigen und ganz scannen oder einfügen.",
  },
  "LK-PAIR-EXPIRED": {
    text: "Diese Einladung ist zu alt. Nichts wurde geändert.",
    hint: "Auf dem anderen Gerät mit `latchkey device add` eine neue zeigen.",
  },
  "LK-PAIR-REPLAYED": {
    text: "Diese Einladung wurde schon verwendet, und jede gilt einmal. Nichts wurde geändert.",
    hint: "Auf dem anderen Gerät mit `latchkey device add` eine neue zeigen.",
  },
  "LK-PAIR-CROWDED": {
    text: "Jemand anderes hat dieselbe Einladung gescannt. Sie wurde aufgegeben, und niemand wurde hinzugefügt.",
    hint: "Eine neue dort zeigen, wo niemand sonst den Bildschirm sieht.",
  },
  "LK-PAIR-WORDS-WRONG": {
    text: "Das sind nicht die Wörter, die das andere Gerät zeigt, und jede Nummer erlaubt einen Versuch. Niemand wurde hinzugefügt.",
    hint: "Auf dem anderen Gerät neu beginnen und die neue Nummer und die neuen Wörter eintippen.",
  },
  "LK-PAIR-NO-WORDS": {
    text: "Das Postfach vergibt keine Nummer für Wörter oder hat gerade keine frei. Nichts wurde geändert.",
    hint: "Stattdessen den Code nehmen oder ein anderes Postfach.",
  },
  "LK-PAIR-ELSEWHERE": {
    text: "Das neue Gerät wartet bei einem Postfach, das dieser Tresor nicht benutzt. Nichts wurde geändert.",
    hint: "Dem neuen Gerät die Adresse eines Postfachs dieses Tresors geben und seinen neuen Code scannen.",
  },
  "LK-PAIR-CODE-WRONG": {
    text: "Das ist nicht der Code, den das neue Gerät zeigt. Hat jemand den Code am Telefon oder im Chat genannt, dann aufhören: Es ist ein Trick.",
    hint: "Den Code vom Bildschirm des neuen Geräts ablesen und noch einmal eingeben.",
  },
  "LK-PAIR-CODE-LIMIT": {
    text: "Der Code war dreimal falsch. Die Einladung wurde aufgegeben, und niemand wurde hinzugefügt.",
    hint: "Mit `latchkey device add` neu beginnen.",
  },
  "LK-PAIR-CHANGED": {
    text: "Eine Nachricht zwischen den Geräten wurde unterwegs verändert. Das Hinzufügen wurde abgebrochen, und niemand wurde hinzugefügt.",
    hint: "Neu beginnen; kommt es wieder, ein anderes Postfach verwenden.",
  },
  "LK-PAIR-HAS-VAULT": {
    text: "Dieses Gerät hat schon einen Tresor, und ein Beitritt würde ihn ersetzen. Nichts wurde geändert.",
    hint: "Mit einem anderen --vault oder auf einem anderen Gerät beitreten.",
  },
  "LK-PAIR-VERSION": {
    text: "Die Versionen von Latchkey auf den beiden Geräten passen nicht zusammen. Niemand wurde hinzugefügt.",
    hint: "Latchkey auf beiden Geräten aktualisieren.",
  },
  "LK-PAIR-CANCELLED": {
    text: "Das Hinzufügen wurde auf einem der beiden Geräte abgebrochen. Niemand wurde hinzugefügt.",
    hint: "Bei Bedarf mit `latchkey device add` neu beginnen.",
  },

  "LK-AUTH-DENIED": {
    text: "Es wurde nicht bestätigt, dass Sie es sind. Nichts wurde unterschrieben oder geändert.",
    hint: "Noch einmal versuchen und bestätigen.",
  },
  "LK-AUTH-TIMEOUT": {
    text: "Die Zeit zum Bestätigen ist abgelaufen. Nichts wurde unterschrieben oder geändert.",
    hint: "Die Anmeldung noch einmal beginnen.",
  },
  "LK-AUTH-CANCELLED": {
    text: "Das Programm, das die Anmeldung verlangte, hat sie abgebrochen. Nichts wurde unterschrieben oder geändert.",
    hint: "Die Anmeldung bei Bedarf noch einmal beginnen.",
  },
  "LK-AUTH-NO-CREDENTIALS": {
    text: "Dieser Tresor hat keinen Passkey für diese Seite.",
    hint: "Auf der Seite einen anlegen oder dieses Gerät mit dem abgleichen, das ihn hat.",
  },

  "LK-WINDOWS-NONE": {
    text: "Das ist nicht Latchkey für Windows, darum ist hier nichts, woraus Windows Passkeys anbieten könnte.",
    hint: "Unter Windows 11 das Paket installieren und den Befehl dort ausführen; alles andere geht auch hier.",
  },
  "LK-WINDOWS-OLD": {
    text: "Dieses Windows kennt noch keine Passkey-Anbieter. Alles andere von Latchkey geht hier.",
    hint: "Die Updates von Windows 11 24H2 oder 25H2 installieren, danach `latchkey doctor windows` ausführen.",
  },
  "LK-WINDOWS-PACKAGE": {
    text: "Latchkey läuft ohne Paketidentität, und Windows nimmt nur Pakete in seine Liste auf. Nichts wurde geändert.",
    hint: "Das MSIX-Paket von Latchkey installieren und dessen `latchkey doctor windows` ausführen.",
  },
  "LK-WINDOWS-REMOTE": {
    text: "Das ist eine Remotesitzung, in der Windows keine Passkey-Anbieter zulässt. Nichts wurde geändert.",
    hint: "Sich am Gerät selbst anmelden und den Befehl dort ausführen.",
  },
  "LK-WINDOWS-REFUSED": {
    text: "Windows hat abgelehnt. Der Code steht in den Einzelheiten; die Passkeys sind nicht betroffen.",
    hint: "`latchkey doctor windows` ausführen: Es prüft jedes Glied und nennt das, das gebrochen ist.",
  },
  "LK-WINDOWS-VAULT": {
    text: "Windows bietet Passkeys aus einem Tresor je Person an: dem an seinem üblichen Platz. Nichts wurde geändert.",
    hint: "--vault und LATCHKEY_VAULT weglassen.",
  },
  "LK-BROWSER-BUSY": {
    text: "Latchkey beantwortet eine andere Website und fragt Sie nach einer zur Zeit. Diese Anfrage wurde abgelehnt.",
    hint: "Die offene Anfrage beantworten, dann auf der Website erneut versuchen.",
  },
  "LK-BROWSER-CALLER": {
    text: "Etwas anderes als Latchkeys eigene Browser-Erweiterung hat nach Passkeys gefragt. Es hat keine bekommen.",
    hint: "Den Ordner laden, den `latchkey browser install` nennt, und keinen anderen.",
  },
  "LK-BROWSER-MESSAGE": {
    text: "Eine Nachricht zwischen Browser und Latchkey ist fehlerhaft. Die Anfrage wurde abgelehnt, nichts wurde geändert.",
    hint: "`latchkey browser install` erneut ausführen und die Erweiterung neu laden, damit beide dieselbe Version haben.",
  },
  "LK-BROWSER-FILES": {
    text: "Eine Datei, die der Browser braucht, lässt sich nicht schreiben oder entfernen. Ihr Tresor blieb unberührt.",
    hint: "Den genannten Ordner prüfen, dann den Befehl erneut ausführen.",
  },
  "LK-POLICY-FORBIDDEN": {
    text: "Die Organisation, die dieses Gerät verwaltet, erlaubt das hier nicht. Nichts wurde geändert.",
    hint: "Fragen, wer das Gerät verwaltet; `latchkey status` nennt, was gesetzt ist.",
  },

  "LK-CLI-USAGE": {
    text: "Der Befehl wurde nicht verstanden. Nichts wurde getan.",
    hint: "Siehe `latchkey --help` oder `latchkey <command> --help`.",
  },
  "LK-CLI-NO-INPUT": {
    text: "Der Befehl braucht eine Antwort, und hier kann niemand gefragt werden. Nichts wurde getan.",
    hint: "Ihn in einem Terminal ausführen oder die Antwort als Option angeben.",
  },
  "LK-CLI-SECRET-EXPOSED": {
    text: "Ein Geheimnis stand auf der Befehlszeile oder in der Umgebung, wo andere Programme es lesen können. Es wurde nicht verwendet.",
    hint: "Es aus dem Verlauf der Shell löschen und die Eingabe, --passphrase-stdin oder --passphrase-fd verwenden.",
  },
  "LK-CLI-CANCELLED": {
    text: "Sie haben das abgebrochen. Nichts wurde geändert.",
    hint: "Den Befehl bei Bedarf noch einmal ausführen.",
  },
  "LK-CLI-TIMEOUT": {
    text: "Es hat länger gedauert als die gegebene Zeit. Was bis dahin getan wurde, ist gespeichert.",
    hint: "Noch einmal versuchen oder mit --timeout mehr Zeit geben.",
  },
  "LK-CLI-HOST": {
    text: "Das Latchkey, das auf diesem Gerät läuft, hat nicht wie erwartet geantwortet. Dieser Befehl hat nichts geändert.",
    hint: "Es mit `latchkey up` neu starten.",
  },

  "LK-UI-BUG": {
    text: "Latchkey ist auf einen eigenen Fehler gestoßen. Alles, was als gespeichert gemeldet wurde, ist gespeichert.",
    hint: "Den Befehl mit --verbose noch einmal ausführen und melden, was er ausgibt.",
  },
};
