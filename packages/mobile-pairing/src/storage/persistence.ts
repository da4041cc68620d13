/** Asks the browser not to clear the vault when it runs short of space. It may say no, and a person may clear it all the same. */

export async function askForPersistence(storage: StorageManager): Promise<boolean> {
  try {
    return (await storage.persisted()) || (await storage.persist());
  } catch {
    return false;
  }
}
