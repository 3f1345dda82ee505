/**
 * Backs up a library's metadata: mirrors it in a SQLite file and, after each run,
 * copies that file to a file named after the date.
 *
 *     bunx jsr add @immich-edge/sync
 *     export IMMICH_PASSWORD=…
 *     bun bun_backup.ts https://photos.example.com ada@example.com backups
 *
 * Run this program every night: it fetches only what has changed. If you stop a
 * run with Ctrl-C, the next run continues it. The command in docs/COMMAND.md
 * can also keep a file up to date. It signs in with the browser, and can
 * compare the file with the server.
 *
 * @module
 */
/// <reference types="bun-types/sqlite.d.ts" />
import { keepSession, login } from "@immich-edge/sync";
import { createMirror, sqlite } from "@immich-edge/sync/mirror";
import { Database } from "bun:sqlite";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import process from "node:process";

const [baseUrl = "", email = "", folder = "backups"] = process.argv.slice(2);
const password = process.env.IMMICH_PASSWORD ?? "";

mkdirSync(folder, { recursive: true, mode: 0o700 }); // For its owner only.
const path = `${folder}/session.json`;
const store = {
  get: () => existsSync(path) ? readFileSync(path, "utf8") : undefined,
  set: (text: string) => writeFileSync(path, text, { mode: 0o600 }),
  delete: () => rmSync(path),
};
const signIn = () => login(email, password, { baseUrl });
const session = await keepSession(store, signIn).get();

const database = new Database(`${folder}/mirror.db`, { strict: true });
// Acknowledged rows are not sent again, so they must reach the disk first.
database.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
const userId = session.userId!;
const mirror = await createMirror(sqlite(database), { userId, leaseMs: 5_000 });
const { counts } = await mirror.sync(session, {
  whenBusy: "wait", // A run that was stopped blocks this run for up to five seconds.
  onProgress: ({ events }) => console.log(`${events} rows`),
});
console.log(counts);

const copy = `${folder}/${new Date().toISOString().slice(0, 10)}.db`;
rmSync(copy, { force: true });
database.run("VACUUM INTO ?", [copy]);
console.log(`${copy} is complete`);
