/**
 * Mirrors a photo library in a SQLite file that any SQLite tool can query.
 *
 *     deno add jsr:@immich-edge/sync
 *     export IMMICH_PASSWORD=…
 *     deno run -NRWE deno_sqlite.ts https://photos.example.com ada@example.com photos.db
 *     sqlite3 photos.db "SELECT city, count(*) FROM exif GROUP BY city"
 *
 * The first run fetches everything; later runs fetch only what has changed. If
 * you stop a run with Ctrl-C, the next run continues it. The command in
 * docs/COMMAND.md does the same and more: it signs in with the browser, shows a
 * progress bar, and keeps the file up to date.
 *
 * @module
 */
import { keepSession, login } from "@immich-edge/sync";
import { createMirror, sqlite } from "@immich-edge/sync/mirror";
import { DatabaseSync } from "node:sqlite";

const [baseUrl = "", email = "", file = "photos.db"] = Deno.args;
const password = Deno.env.get("IMMICH_PASSWORD") ?? "";

// The file also stores the session, so only the file's owner may read it.
Deno.openSync(file, { create: true, append: true, mode: 0o600 }).close();
using database = new DatabaseSync(file);
// Acknowledged rows are not sent again, so they must reach the disk first.
database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
database.exec("CREATE TABLE IF NOT EXISTS session (id PRIMARY KEY, text)");
const store = {
  get: () =>
    database.prepare("SELECT text FROM session").get()?.text as
      | string
      | undefined,
  set: (text: string) =>
    database.prepare("REPLACE INTO session VALUES (1, ?)").run(text),
  delete: () => database.exec("DELETE FROM session"),
};
const signIn = () => login(email, password, { baseUrl });
const session = await keepSession(store, signIn).get();

const userId = session.userId!;
const mirror = await createMirror(sqlite(database), { userId, leaseMs: 5_000 });
await mirror.sync(session, {
  whenBusy: "wait", // A run that was stopped blocks this run for up to five seconds.
  onProgress: ({ events }) => console.log(`${events.toLocaleString()} rows`),
});
console.log(`${file} is up to date`);
