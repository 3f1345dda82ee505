/**
 * Converts an event's data to a row's values, in the same way for every database.
 *
 * @module
 */
import { isObject } from "../http/mod.ts";
import { isTooDeep } from "../stream/mod.ts";
import type { SqlValue } from "./database.ts";
import type { MirrorTable } from "./rows.ts";
import { type ColumnType, TABLES } from "./tables.ts";

/** How a field becomes the value of a column. */
export interface Column {
  /** The name of the field. */
  field: string;
  /** How the value is stored. */
  type: ColumnType;
  /** Whether the column is part of the key. */
  isKey: boolean;
}

/** A converted row. */
export interface Row {
  /** The values, in the order of the columns. */
  values: SqlValue[];
  /**
   * The number of values stored as NULL because they are too large for this
   * database, or cannot be stored in any database.
   */
  skippedValues: number;
}

/** Returns the columns of a table, excluding `batch_number`. */
export function columnsOf(table: MirrorTable): readonly Column[] {
  const { key, columns } = TABLES[table];
  const keys: readonly string[] = key;
  return Object.entries<ColumnType>(columns)
    .map(([field, type]) => ({ field, type, isKey: keys.includes(field) }));
}

/** Returns the columns for fields that are all part of a key. */
export function keyColumns(fields: readonly string[]): readonly Column[] {
  return fields.map((field) => ({ field, type: "text", isKey: true }));
}

/**
 * Converts the data of an event to a row. Other users of the server can write
 * most of the data, so any value may arrive.
 *
 * @param maxBytes The maximum size of the row's JSON, in bytes of UTF-8. If the row
 * is larger, its largest values become `null`.
 *
 * @returns The row, or `undefined` if it cannot be stored: its key is missing
 * or too large, there is an object where a number is expected, or JSON is
 * nested too deeply.
 */
export function toRow(
  data: object,
  columns: readonly Column[],
  maxBytes: number = Infinity,
): Row | undefined {
  const fields = data as Record<string, unknown>;
  const values: SqlValue[] = [];
  let skippedValues = 0;
  for (const { field, type, isKey } of columns) {
    const sent = fields[field];
    if (sent === undefined || sent === null) {
      if (isKey) return undefined;
      values.push(sent === undefined ? DEFAULTS[field] ?? null : null);
      continue;
    }
    const value = isKey && isObject(sent) ? undefined : TO_VALUE[type](sent);
    if (value === undefined) return undefined;
    if (value === null) skippedValues++;
    values.push(value);
  }
  const cut = shrink(values, columns, maxBytes);
  if (cut === undefined) return undefined;
  return { values, skippedValues: skippedValues + cut };
}

/**
 * Replaces the largest values with `null` until the row fits.
 *
 * @returns The number of replaced values, or `undefined` if the key alone is too
 * large.
 */
function shrink(
  values: SqlValue[],
  columns: readonly Column[],
  maxBytes: number,
): number | undefined {
  if (maxBytes === Infinity) return 0;
  // JSON takes at most 6 bytes for a UTF-16 unit, and 24 for a number.
  let most = 2;
  for (const value of values) {
    most += typeof value === "string" ? 6 * value.length + 3 : 25;
  }
  if (most <= maxBytes) return 0;
  const sizes = values.map(jsonBytes);
  let total = sizes.reduce((sum, size) => sum + size + 1, 1);
  let cut = 0;
  while (total > maxBytes) {
    const free = sizes.map((size, i) => columns[i]!.isKey ? 0 : size);
    const size = Math.max(...free);
    if (size <= NULL_BYTES) return undefined;
    const largest = free.indexOf(size);
    values[largest] = null;
    sizes[largest] = NULL_BYTES;
    total -= size - NULL_BYTES;
    cut++;
  }
  return cut;
}

const NULL_BYTES = 4;

function jsonBytes(value: SqlValue): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}

/** Default values for fields that older servers do not send. */
const DEFAULTS: Readonly<Record<string, SqlValue>> = { isVisible: 1 };

/**
 * Converts a field's value to a column's value: `null` if the database
 * cannot hold it, `undefined` if it has the wrong type.
 */
const TO_VALUE: Record<
  ColumnType,
  (value: unknown) => SqlValue | undefined
> = {
  text(value) {
    if (typeof value === "string") return toText(value);
    return isObject(value) ? toJson(value) : String(value);
  },
  integer: toInteger,
  real: toNumber,
  boolean: toBoolean,
  json: toJson,
  milliseconds: (value) =>
    typeof value === "string" && value.includes(":")
      ? toMilliseconds(value)
      : toInteger(value),
};

/**
 * Replaces NUL characters, which SQLite's own functions and some drivers treat as
 * the end of a string, and lone surrogates, which UTF-8 cannot encode.
 */
function toText(text: string): string {
  // Almost all strings pass these fast checks.
  if (text.isWellFormed() && !text.includes("\0")) return text;
  return text.toWellFormed().replaceAll("\0", "\ufffd");
}

function toJson(value: unknown): string | undefined {
  return isTooDeep(value) ? undefined : JSON.stringify(value);
}

function toNumber(value: unknown): number | null | undefined {
  if (isObject(value)) return undefined;
  const number = value === "" ? NaN : Number(value);
  // Adding 0 turns -0 into 0, as JSON does.
  return Number.isFinite(number) ? number + 0 : null;
}

/**
 * Replaces large integers with `null`, because drivers round such integers or
 * cannot read them.
 */
function toInteger(value: unknown): number | null | undefined {
  const number = toNumber(value);
  const isLarge = Math.abs(number ?? 0) > Number.MAX_SAFE_INTEGER;
  return isLarge ? null : number;
}

/** Also accepts 0 and 1, which some compatible servers send. */
function toBoolean(value: unknown): SqlValue | undefined {
  if (isObject(value)) return undefined;
  const text = String(value);
  if (text === "true" || text === "1") return 1;
  return text === "false" || text === "0" ? 0 : null;
}

/** Parses a duration in the format of servers up to 2.x: `HH:MM:SS.mmm`. */
function toMilliseconds(text: string): number | null {
  const [, hours, minutes, seconds] = /^(\d+):(\d+):(\d+(?:\.\d+)?)$/
    .exec(text) ?? [];
  if (seconds === undefined) return null;
  const whole = (Number(hours) * 60 + Number(minutes)) * 60;
  const ms = Math.round((whole + Number(seconds)) * 1000);
  return Number.isSafeInteger(ms) ? ms : null;
}
