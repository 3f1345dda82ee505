/**
 * Converts integers that drivers return as values of other types.
 *
 * @module
 */

type Row = Record<string, unknown>;

/**
 * Converts integers that are `bigint` values or strings to numbers, in place.
 *
 * @param isInteger Returns whether a column holds only integers, which may
 * arrive as strings.
 */
export function withNumbers(
  row: Row,
  isInteger: (column: number) => boolean = () => false,
): Row {
  let column = 0;
  for (const name in row) {
    const value = row[name];
    const isText = typeof value === "string";
    if (typeof value === "bigint" || (isText && isInteger(column))) {
      row[name] = Number(value);
    }
    column++;
  }
  return row;
}
