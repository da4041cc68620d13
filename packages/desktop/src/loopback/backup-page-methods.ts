/** What the app's page may ask of backups: the files are written, listed and checked on this machine, and never go through the page. */
import { pass } from "./pass-method.ts";

export const BACKUP_PAGE_METHODS = {
  "backup.status": pass("backup.status"),
  "backup.set": pass("backup.set"),
  "backup.run": pass("backup.run"),
  "backup.list": pass("backup.list"),
  "backup.verify": pass("backup.verify"),
};
