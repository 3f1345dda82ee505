/**
 * The rows in a complete copy of a user's library.
 *
 * @module
 */
import {
  type ServerVersion,
  supportedSyncTypes,
  SYNC_REQUESTS,
  type SyncEntityType,
} from "../protocol/mod.ts";
import { generationOf } from "./generation.ts";
import { QUERIES } from "./queries.ts";
import type { Store } from "./store.ts";
import { ENTITY_TABLES, KEYS, type TableName } from "./tables.ts";
import { View } from "./view.ts";

/** The name of a table in a {@linkcode Snapshot}. */
export type SnapshotTable =
  | "authUsers"
  | "users"
  | "userMetadata"
  | "partners"
  | "assets"
  | "exifs"
  | "edits"
  | "assetMetadata"
  | "ocr"
  | "stacks"
  | "albums"
  | "albumUsers"
  | "albumAssets"
  | "memories"
  | "memoryAssets"
  | "people"
  | "faces";

/** Table → key → row, in the format that the server sends. */
export type Snapshot = Record<SnapshotTable, Map<string, object>>;

/** Returns the rows that a user's full sync would transfer now. */
export function takeSnapshot(
  store: Store,
  userId: string,
  version: ServerVersion,
): Snapshot {
  const view = new View(store, userId, generationOf(version));
  const names: SnapshotTable[] = [
    "authUsers",
    ...Object.keys(KEYS) as TableName[],
  ];
  const snapshot = Object.fromEntries(
    names.map((name) => [name, new Map()]),
  ) as Snapshot;
  for (const type of supportedSyncTypes(version)) {
    const entities: readonly SyncEntityType[] = SYNC_REQUESTS[type].entities;
    for (const entity of entities) {
      const table = ENTITY_TABLES[entity];
      // The created album assets include the updated album assets.
      if (table === undefined || entity.includes("Update")) continue;
      const name = entity.startsWith("AuthUser") ? "authUsers" : table;
      for (const { data } of QUERIES[entity]?.(view, "") ?? []) {
        snapshot[name].set(KEYS[table](data as never), data);
      }
    }
  }
  return snapshot;
}
