/**
 * Counts rows when a run ends, so that a page reads only the rows that it shows.
 *
 * @module
 */
import {
  createMirror,
  type Mirror,
  type MirrorDatabase,
} from "@immich-edge/sync/mirror";
import type { Copy } from "./copy.ts";

/** Opens a copy, with a table for the summaries of its albums. */
export async function openCopy(
  database: MirrorDatabase,
  userId: string,
): Promise<Mirror> {
  // A short lease, because only an interrupted run of the same object can hold it.
  const mirror = await createMirror(database, { userId, leaseMs: 1000 });
  await mirror.query(
    `CREATE TABLE IF NOT EXISTS album_summaries (
      album_id TEXT PRIMARY KEY, photos, videos, newest, cover
    ) WITHOUT ROWID`,
  );
  return mirror;
}

/** Counts what a copy contains, and updates the summaries of its albums. */
export async function summarize(
  mirror: Mirror,
): Promise<Pick<Copy, "contents" | "years">> {
  await mirror.query(
    `INSERT OR REPLACE INTO album_summaries
    SELECT albums.id, count(photo.id) FILTER (WHERE photo.type IS NOT 'VIDEO'),
      count(photo.id) FILTER (WHERE photo.type = 'VIDEO'), max(local_date_time),
      iif(sum(photo.id = thumbnail_asset_id), thumbnail_asset_id, photo.id)
    FROM albums LEFT JOIN album_timeline photo ON photo.album_id = albums.id
    GROUP BY albums.id`,
  );
  const counts = await mirror.query<{ what: string; number: number }>(
    `SELECT 'Photos and videos' what, count(*) number FROM assets
    UNION ALL SELECT 'Albums', count(*) FROM albums
    UNION ALL SELECT 'People', count(*) FROM people
    UNION ALL SELECT 'Memories', count(*) FROM memories`,
  );
  const years = await mirror.query<{ year: string }>(
    `SELECT DISTINCT coalesce(substr(
      local_date_time, 1, instr(substr(local_date_time, 2), '-')
    ), '') year FROM timeline ORDER BY year DESC`,
  );
  return {
    contents: Object.fromEntries(
      counts.map(({ what, number }) => [what, number]),
    ),
    years: years.map(({ year }) => year),
  };
}
