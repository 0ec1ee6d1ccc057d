import Database from "better-sqlite3";

/**
 * An exclusive transaction on a file of its own: the lock belongs to the process, so that it goes when the process
 * does.
 * @returns null while another process holds it
 */
export function acquireLock(file: string): Database.Database | null {
  const lock = new Database(file, { timeout: 0 });
  try {
    lock.exec("BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock.close();
    if ((error as { code?: string }).code === "SQLITE_BUSY") return null;
    throw error;
  }
}
