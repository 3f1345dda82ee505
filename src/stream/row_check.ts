/**
 * Checks the rows of a sync stream for values that would break a local copy.
 *
 * @module
 */
import { isObject } from "../http/mod.ts";
import { entityOf } from "../protocol/mod.ts";
import { isKnownType } from "./event.ts";

/** The maximum nesting depth that SQLite's JSON functions accept. */
const MAX_DEPTH = 1000;

/**
 * Maps entities to the fields that identify their rows. By default, that field is
 * `id` or, in a delete such as `AssetDeleteV1`, `assetId`.
 */
const KEYS: Readonly<Record<string, string>> = {
  AlbumToAsset: "albumId assetId",
  AlbumUser: "albumId userId",
  AssetEditDelete: "editId",
  AssetExif: "assetId",
  AssetMetadata: "assetId key",
  AssetOcrDelete: "assetId",
  MemoryToAsset: "memoryId assetId",
  Partner: "sharedById sharedWithId",
  UserMetadata: "userId key",
};

/**
 * Matches the fields that hold a number or a boolean; a list of these fields would
 * be much larger.
 */
const SCALAR =
  /^((is|has|in)[A-Z]\w+|(exifI|i)mage(Width|Height)|width|height|l(at|ong)itude|f(Number|ocalLength|ileSizeInByte|ps)|iso|rating|duration|sequence|(box|text)Score|quota\w+|(boundingBox[XY]|[xy])\d)$/;

/** Returns the fields that identify the row in an upsert or a delete. */
export function keyFields(type: string): string[] {
  const entity = entityOf(type);
  const name = entity.replace("Delete", "");
  const id = name === entity
    ? "id"
    : `${name.charAt(0).toLowerCase()}${name.slice(1)}Id`;
  return (KEYS[entity] ?? KEYS[name] ?? id).split(" ");
}

/** Returns whether a field holds a number or a boolean. */
export function isScalar(field: string): boolean {
  return SCALAR.test(field);
}

/** Returns whether a value is nested more deeply than SQLite's JSON functions accept. */
export function isTooDeep(value: unknown): boolean {
  // Not recursive, because deep nesting could overflow the stack.
  let level = [value].filter(isObject);
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return true;
    level = level.flatMap((item) => Object.values(item)).filter(isObject);
  }
  return false;
}

/** Returns a function that describes the problem with an event's row, if any. */
export function rowChecker(): (
  event: { type: string; data: unknown },
) => string | undefined {
  const keys = new Map<string, string[]>();
  return ({ type, data }) => {
    if (!isObject(data) || type.startsWith("Sync")) return undefined;
    let key = keys.get(type);
    if (key === undefined) {
      keys.set(type, key = isKnownType(type) ? keyFields(type) : []);
    }
    const isKnown = key.length > 0;
    // An unknown type is not quoted, because it may contain anything.
    const wrong = `is not a valid ${isKnown ? type : "event"}: `;
    for (const field of key) {
      const value = data[field] ?? {};
      if (isObject(value)) return `${wrong}it has no "${field}"`;
    }
    for (const field in data) {
      const value = data[field];
      if (!isObject(value)) continue;
      if (isKnown && isScalar(field)) return `${wrong}"${field}" is an object`;
      if (isTooDeep(value)) return `${wrong}it is nested too deeply`;
    }
    return undefined;
  };
}
