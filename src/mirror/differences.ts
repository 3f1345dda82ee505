/**
 * Collects the differences that an audit finds between a mirror and its server.
 *
 * @module
 */
import { type ComparedRow, type DifferingRow, toRowId } from "./comparison.ts";
import { KeySet } from "./key_set.ts";
import type { NextSync } from "./next_sync.ts";
import type { MirrorTable } from "./rows.ts";
import { TABLES, toColumn } from "./tables.ts";

/** Identifies a row. */
export interface MirrorRowKey {
  /** The table. */
  table: MirrorTable;
  /** The columns of the key, with their values. */
  key: Record<string, string>;
}

/** A row whose values in the mirror differ from the values on the server. */
export interface MirrorDifference extends MirrorRowKey {
  /** The names of the columns that differ. */
  columns: string[];
}

/** How a mirror differs from its server. */
export interface MirrorAudit {
  /** Whether there are no differences other than pending ones. */
  ok: boolean;
  /** The rows that only the server has. */
  missing: MirrorRowKey[];
  /** The rows that only the mirror has. */
  extra: MirrorRowKey[];
  /** The rows that both have, but with different values. */
  different: MirrorDifference[];
  /**
   * The number of further differences, beyond the `limit` of each list. The audit
   * does not check them a second time.
   */
  unlisted: number;
  /**
   * The number of rows that differ only because they changed on the server
   * since the last sync. The next sync will repair them.
   */
  pending: number;
}

type Kind = "missing" | "extra" | "different";

/** Collects differences, except those that the next sync will repair. */
export class Differences {
  readonly #limit: number;
  readonly #next: NextSync;
  /** The ids of the rows that the server has. */
  readonly #onServer = new KeySet();
  /** The differences by the ids of their rows. */
  readonly #found: Record<Kind, Map<string, DifferingRow>> = {
    missing: new Map(),
    extra: new Map(),
    different: new Map(),
  };
  readonly #unlisted = new KeySet();
  readonly #pending = new KeySet();

  /**
   * Creates an empty collection.
   *
   * @param limit The maximum number of differences of each kind to keep.
   * @param next The next sync of the mirror.
   */
  constructor(limit: number, next: NextSync) {
    this.#limit = limit;
    this.#next = next;
  }

  /** All rows that differ. */
  get rows(): DifferingRow[] {
    return Object.values(this.#found).flatMap((found) => [...found.values()]);
  }

  /** Adds a row of the server, which has not been compared yet. */
  addServerRow(table: MirrorTable, key: readonly string[]): void {
    const id = toRowId(table, key);
    this.#onServer.add(id);
    // An earlier copy of the row may differ.
    this.#drop(id);
  }

  /** Adds a row of the server that the mirror does not have, or has with other values. */
  addDifferingRow(row: DifferingRow): void {
    const { table, key, batchNumber } = row;
    if (this.#next.brings(table, key)) this.#pending.add(toRowId(table, key));
    else this.#add(batchNumber === null ? "missing" : "different", row);
  }

  /** Adds a row of the mirror. It is extra if the server does not have it. */
  addMirrorRow(row: ComparedRow): void {
    const { table, key } = row;
    const id = toRowId(table, key);
    if (this.#onServer.has(id) || this.#next.brings(table, key)) return;
    const isPending = this.#next.decides(row) || this.#next.removes(row);
    if (isPending) this.#pending.add(id);
    else this.#add("extra", { ...row, columns: [] });
  }

  /** Drops the differences that the next sync will repair. */
  dropPending(): void {
    let dropped: number;
    do {
      // A removed asset also explains its children, which may precede it.
      dropped = 0;
      for (const row of this.rows) {
        const { table, key } = row;
        if (!this.#next.brings(table, key) && !this.#next.removes(row)) {
          continue;
        }
        const id = toRowId(table, key);
        this.#drop(id);
        this.#pending.add(id);
        dropped++;
      }
    } while (dropped > 0);
  }

  /**
   * Drops the differences that no longer exist.
   *
   * @param current The mirror's current copies of the rows that differ.
   */
  dropRepaired(current: readonly ComparedRow[]): void {
    const numbers = new Map(
      current.map(({ table, key, batchNumber }) => [
        toRowId(table, key),
        batchNumber,
      ]),
    );
    for (const found of Object.values(this.#found)) {
      for (const [id, { batchNumber }] of found) {
        if (batchNumber !== (numbers.get(id) ?? null)) found.delete(id);
      }
    }
  }

  /** Returns the result of the audit. */
  toAudit(): MirrorAudit {
    const { missing, extra, different } = this.#found;
    const unlisted = this.#unlisted.size;
    return {
      ok: missing.size + extra.size + different.size + unlisted === 0,
      missing: Array.from(missing.values(), toRowKey),
      extra: Array.from(extra.values(), toRowKey),
      different: Array.from(different.values(), (row) => {
        return { ...toRowKey(row), columns: row.columns };
      }),
      unlisted,
      pending: this.#pending.size,
    };
  }

  #add(kind: Kind, row: DifferingRow): void {
    const id = toRowId(row.table, row.key);
    const found = this.#found[kind];
    if (found.size < this.#limit) found.set(id, row);
    else this.#unlisted.add(id);
  }

  #drop(id: string): void {
    for (const found of Object.values(this.#found)) found.delete(id);
  }
}

function toRowKey({ table, key }: ComparedRow): MirrorRowKey {
  const columns = TABLES[table].key.map(toColumn);
  const entries = columns.map((column, i) => [column, key[i]]);
  return { table, key: Object.fromEntries(entries) };
}
