/**
 * Collects the differences that an audit finds between a mirror and its server.
 *
 * @module
 */
import type { ComparedRow, DifferingRow } from "./comparison.ts";
import { KeySet } from "./key_set.ts";
import type { MirrorTable } from "./rows.ts";
import { TABLE_NAMES, TABLES, toColumn } from "./tables.ts";

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

interface Difference extends DifferingRow {
  table: MirrorTable;
}

/** Collects differences, and drops differences that the next sync will repair. */
export class Differences {
  readonly #limit: number;
  /** The rows that the server has. */
  readonly #onServer = new KeySet();
  /** The rows that the next sync will bring. */
  readonly #coming = new KeySet();
  readonly #found: Record<Kind, Map<string, Difference>> = {
    missing: new Map(),
    extra: new Map(),
    different: new Map(),
  };
  readonly #unlisted = new KeySet();
  /** Rows, and ids of parents, that the next sync will delete. */
  readonly #gone = new Set<string>();
  readonly #pending = new KeySet();

  /**
   * Creates an empty collection.
   *
   * @param limit The maximum number of differences of each kind to keep.
   */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The differences, by table. */
  get byTable(): [MirrorTable, Difference[]][] {
    const all = Object.values(this.#found).flatMap((map) => [...map.values()]);
    return TABLE_NAMES
      .map((table): [MirrorTable, Difference[]] => {
        return [table, all.filter((row) => row.table === table)];
      })
      .filter(([, rows]) => rows.length > 0);
  }

  /** Records that the server has a row that is about to be compared. */
  see(table: MirrorTable, key: readonly string[]): void {
    const id = toId(table, key);
    this.#onServer.add(id);
    this.#drop(id);
  }

  /** Adds a server row that differs from the mirror's row. */
  addCompared(table: MirrorTable, row: DifferingRow): void {
    const id = toId(table, row.key);
    const kind = row.batchNumber === null ? "missing" : "different";
    if (this.#coming.has(id)) this.#pending.add(id);
    else this.#add(kind, { ...row, table });
  }

  /** Records that the next sync will bring a row, so that row need not be compared. */
  bring(table: MirrorTable, key: readonly string[]): void {
    const id = toId(table, key);
    this.#coming.add(id);
    if (this.#drop(id)) this.#pending.add(id);
  }

  /** Records that the next sync will delete a row, or the rows of an asset. */
  remove(table: MirrorTable, key: readonly string[]): void {
    this.#gone.add(toId(table, key));
  }

  /**
   * Records that the next sync will delete a parent and the parent's rows.
   */
  removeParent(id: string): void {
    this.#gone.add(id);
  }

  /**
   * Adds a mirror row, unless the server has that row.
   *
   * @param isDecided Whether it is up to the next sync to keep or remove the row.
   */
  addStored(
    table: MirrorTable,
    row: ComparedRow,
    isDecided: boolean,
  ): void {
    const id = toId(table, row.key);
    if (this.#onServer.has(id) || this.#coming.has(id)) return;
    const difference = { ...row, table, columns: [] };
    if (isDecided || this.#isGone(difference)) this.#pending.add(id);
    else this.#add("extra", difference);
  }

  /** Drops the differences that are explained by deletes. */
  dropGone(): void {
    let before: number;
    do {
      before = this.#gone.size;
      for (const [table, rows] of this.byTable) {
        for (const row of rows) {
          if (!this.#isGone(row)) continue;
          const id = toId(table, row.key);
          this.#drop(id);
          this.#pending.add(id);
        }
      }
    } while (this.#gone.size > before);
  }

  /**
   * Drops the differences that no longer exist.
   *
   * @param current The table's current rows in the mirror.
   */
  confirm(table: MirrorTable, current: readonly ComparedRow[]): void {
    const numbers = new Map(
      current.map(({ key, batchNumber }) => [toId(table, key), batchNumber]),
    );
    for (const map of Object.values(this.#found)) {
      for (const [id, row] of map) {
        if (row.table !== table) continue;
        const batchNumber = numbers.get(id) ?? null;
        if (batchNumber !== row.batchNumber) map.delete(id);
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

  #add(kind: Kind, row: Difference): void {
    const id = toId(row.table, row.key);
    const found = this.#found[kind];
    if (found.size < this.#limit) found.set(id, row);
    else this.#unlisted.add(id);
  }

  #drop(id: string): boolean {
    return Object.values(this.#found).some((found) => found.delete(id));
  }

  /**
   * Returns whether the row or one of its parents is gone. If an asset is gone,
   * marks it, so that its children count as gone too.
   */
  #isGone({ table, key, ids }: Difference): boolean {
    const own = [key, ...ids.map((id) => [id])];
    if (own.some((key) => this.#gone.has(toId(table, key)))) return true;
    if (!ids.some((id) => this.#gone.has(id))) return false;
    if (table === "assets" || table === "album_assets") {
      this.#gone.add(key.at(-1)!);
    }
    return true;
  }
}

function toId(table: MirrorTable, key: readonly string[]): string {
  return [table, ...key].join("\0");
}

function toRowKey({ table, key }: Difference): MirrorRowKey {
  const columns = TABLES[table].key.map((
    field,
    i,
  ) => [toColumn(field), key[i]]);
  return { table, key: Object.fromEntries(columns) };
}
