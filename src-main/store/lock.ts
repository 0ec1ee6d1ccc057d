import Database from "better-sqlite3";

/**
 * An exclusive transaction on a separate file. The lock belongs to the process and ends with it, however it ends.
 * @returns null while another process holds the lock
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
