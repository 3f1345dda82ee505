/** Counts the rows that SQLite reads and writes in a Durable Object. */
import type { DurableObjectStorage } from "../../../src/mirror/mod.ts";

/**
 * Numbers of rows as billed by Cloudflare, which counts index entries as rows.
 */
export interface RowCounts {
  read: number;
  written: number;
}

interface Cursor {
  toArray(): unknown[];
  rowsRead: number;
  rowsWritten: number;
}

/** Wraps an object's storage so that each statement adds to the counts. */
export function countRows(
  storage: DurableObjectStorage,
  counts: RowCounts,
): DurableObjectStorage {
  return {
    transactionSync: (work) => storage.transactionSync(work),
    sql: {
      exec(sql, ...params) {
        const cursor = storage.sql.exec(sql, ...params) as Cursor;
        const rows = cursor.toArray();
        counts.read += cursor.rowsRead;
        counts.written += cursor.rowsWritten;
        return { toArray: () => rows };
      },
    },
  };
}
