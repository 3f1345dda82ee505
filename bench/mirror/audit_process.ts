/**
 * Syncs or audits a mirror in a database file, or only reads the stream. Prints
 * the result and the process's elapsed time, CPU time and peak memory:
 *
 *     deno run -A bench/mirror/audit_process.ts sync|audit|read SESSION FILE
 *
 * @module
 */
import { cpuUsage } from "node:process";
import { DatabaseSync } from "node:sqlite";
import { createChildSession, type Session, sync } from "../../mod.ts";
import { createMirror, sqlite } from "../../src/mirror/mod.ts";
import { ALL_TYPES } from "../../src/mirror/entities.ts";
import { peakBytes } from "../usage.ts";

const [command = "", json = "", path = ""] = Deno.args;
const session: Session = JSON.parse(json);
using database = new DatabaseSync(path);
database.exec("PRAGMA journal_mode = WAL");
const { userId = "" } = session;
const mirror = await createMirror(sqlite(database), { userId });

const COMMANDS: Record<string, () => Promise<unknown>> = {
  sync: () => mirror.sync(session),
  audit: () => mirror.audit(session),
  /** Reads the same events without storing them. */
  async read() {
    const child = await createChildSession(session);
    await sync(child, ALL_TYPES, { process() {}, reset() {} });
  },
};

const started = performance.now();
const cpuStarted = cpuUsage();
const result = await COMMANDS[command]!();
const ms = performance.now() - started;
const { user, system } = cpuUsage(cpuStarted);
const cpuMs = (user + system) / 1000;
console.log(JSON.stringify({ ms, cpuMs, bytes: peakBytes(), result }));
