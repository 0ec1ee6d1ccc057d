import Database from "better-sqlite3";

/**
 * An exclusive transaction on a separate file. The lock belongs to the process and ends with it, however it ends.
 * @param patienceMs how long to wait for another process, in milliseconds
 * @returns null while another process holds the lock
 */
export function acquireLock(file: string, patienceMs = 0): Database.Database | null {
  const lock = new Database(file, { timeout: patienceMs });
  try {
    lock.exec("BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock.close();
    if ((error as { code?: string }).code === "SQLITE_BUSY") return null;
    throw error;
  }
}
