/**
 * A queryable copy of a photo library in any SQLite database: tables with typed
 * columns, views of the timeline and of albums, and the code that keeps them up to
 * date.
 *
 * @example List the newest photos in an album
 * ```ts
 * import { createMirror, type MirrorRow, sqlite } from "@immich-edge/sync/mirror";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { DatabaseSync } from "node:sqlite";
 * import { assertEquals } from "@std/assert";
 *
 * const server = new FakeImmich();
 * const { id } = server.library.addAsset({ originalFileName: "beach.jpg" });
 * const album = server.library.addAlbum({ name: "Summer" }, [id]);
 *
 * const database = new DatabaseSync(":memory:");
 * const mirror = await createMirror(sqlite(database), { userId: server.user.id });
 * await mirror.sync(server.createSession(), { fetch: server.fetch });
 *
 * const photos = await mirror.query<MirrorRow<"assets">>(
 *   "SELECT * FROM album_timeline WHERE album_id = ? ORDER BY local_date_time DESC",
 *   album.id,
 * );
 * assertEquals(photos.map((photo) => photo.original_file_name), ["beach.jpg"]);
 * ```
 *
 * @module
 */
export {
  d1,
  type D1Database,
  type D1Statement,
  durableObject,
  type DurableObjectStorage,
} from "./cloudflare.ts";
export { libsql, type LibsqlClient, type LibsqlStatement } from "./libsql.ts";
export { sqlite, type SqliteDatabase } from "./sqlite.ts";
export type { BusyOptions } from "./busy.ts";
export { createMirror } from "./create_mirror.ts";
export type { MirrorDatabase, SqlStatement, SqlValue } from "./database.ts";
export type {
  MirrorAudit,
  MirrorDifference,
  MirrorRowKey,
} from "./differences.ts";
export { MirrorError } from "./error.ts";
export type { Mirror } from "./mirror.ts";
export type {
  MirrorAuditOptions,
  MirrorOptions,
  MirrorProgress,
  MirrorSyncOptions,
  MirrorWatchOptions,
} from "./mirror_options.ts";
export type { MirrorCheck } from "./check.ts";
export type { MirrorStatus } from "./status.ts";
export type {
  ColumnName,
  ColumnValue,
  MirrorRow,
  MirrorTable,
  WireRows,
} from "./rows.ts";
export type { MirrorState } from "./state.ts";
