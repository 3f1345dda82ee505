/**
 * Measures audits of a file-backed mirror: first of a clean copy, then of a
 * copy with one missing, one extra and one different row. The server runs in
 * another process.
 *
 *     deno task bench:audit [--assets 100000] [--rounds 3]
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { numberOption, readTask } from "../tools/task_options.ts";
import type { Session } from "../mod.ts";
import type { MirrorAudit } from "../src/mirror/mod.ts";
import { FakeImmich } from "../src/testing/mod.ts";
import { run } from "../tools/run.ts";
import { median } from "./median.ts";

const { values } = readTask({
  task: "bench:audit",
  options: {
    assets: { ...numberOption("The number of assets"), default: "100000" },
    rounds: { ...numberOption("The number of rounds"), default: "3" },
  },
});

const MEGABYTE = 1_000_000;

interface Measurement {
  ms: number;
  cpuMs: number;
  bytes: number;
  result?: MirrorAudit;
}

const fake = new FakeImmich();
for (let i = 0; i < values.assets; i++) {
  const { id } = fake.library.addAsset();
  fake.library.updateExif(id, { city: "Köln", description: `Photo ${i}` });
}
const server = Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen() {} },
  fake.handler,
);
const session: Session = {
  ...fake.createSession(),
  baseUrl: `http://127.0.0.1:${server.addr.port}`,
};

/** Runs a command in a separate process. */
async function measure(command: string, path: string): Promise<Measurement> {
  const script = new URL("mirror/audit_process.ts", import.meta.url).pathname;
  const args = ["run", "-A", "--no-check", script];
  args.push(command, JSON.stringify(session), path);
  return JSON.parse(await run(Deno.execPath(), args));
}

/** Damages three rows. */
function damage(path: string): void {
  using database = new DatabaseSync(path);
  database.exec(`
    DELETE FROM exif WHERE rowid = 1;
    UPDATE assets SET visibility = 'x' WHERE rowid = 2;
    INSERT INTO assets (id, batch_number) VALUES ('ghost', 1);
  `);
}

const folder = await Deno.makeTempDir();
const measured: Record<string, Measurement[]> = {};
try {
  for (let round = 0; round < values.rounds; round++) {
    const path = `${folder}/${round}.sqlite`;
    const note = async (name: string, command: string) => {
      const measurement = await measure(command, path);
      (measured[name] ??= []).push(measurement);
      return measurement.result;
    };
    await note("reading the stream only", "read");
    await note("first sync", "sync");
    const clean = await note("audit of a clean copy", "audit");
    if (!clean?.ok) throw new Error("The clean copy has differences");
    damage(path);
    const name = "audit of a copy with three damaged rows";
    const { missing, extra, different } = (await note(name, "audit"))!;
    const found = [missing, extra, different].map(({ length }) => length);
    if (found.join() !== "1,1,1") throw new Error(`Found ${found}`);
  }
} finally {
  await Deno.remove(folder, { recursive: true });
  await server.shutdown();
}

const columns: [string, (measurement: Measurement) => number, number][] = [
  ["seconds", ({ ms }) => ms / 1000, 1],
  ["CPU seconds", ({ cpuMs }) => cpuMs / 1000, 1],
  ["peak memory in MB", ({ bytes }) => bytes / MEGABYTE, 0],
];
const heads = columns.map(([name]) => name);
console.log(`| ${[`${values.assets} assets`, ...heads].join(" | ")} |`);
console.log(`| --- |${" --: |".repeat(columns.length)}`);
for (const [name, rounds] of Object.entries(measured)) {
  const cells = columns.map(([, read, digits]) =>
    median(rounds.map(read)).toFixed(digits)
  );
  console.log(`| ${[name, ...cells].join(" | ")} |`);
}
