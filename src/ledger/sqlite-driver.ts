import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { SqliteDialect, type Dialect } from "kysely";

/**
 * All that is SQLite's own: durable on commit (FULL), readable while written (WAL), patient with a second process.
 * The file must lie on a local disk: locks over network shares are not to be trusted.
 */
export function sqliteDialect(path: string): Dialect {
  mkdirSync(dirname(path), { recursive: true });
  const database = new Database(path, { timeout: 10_000 });
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = FULL");
  database.pragma("busy_timeout = 10000");
  database.pragma("foreign_keys = ON");
  return new SqliteDialect({ database });
}
