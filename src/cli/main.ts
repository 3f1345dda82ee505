/**
 * A command that keeps a copy of a photo library in a SQLite file. It runs in
 * Deno, Node 22.13 or later, and Bun:
 *
 * ```sh
 * deno run -A jsr:@immich-edge/sync/cli --help
 * npx @immich-edge/sync --help
 * bunx @immich-edge/sync --help
 * ```
 *
 * @module
 */
import process from "node:process";
import { processIo } from "./process_io.ts";
import { run } from "./run.ts";

// Signal handlers and idle connections would keep the process alive.
process.exit(await run(process.argv.slice(2), processIo()));
