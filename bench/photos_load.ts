/**
 * Measures how many requests, sessions and alarms the app from `examples/photos`
 * causes per hour, with a fake clock, while something is wrong with the server.
 *
 *     deno task bench:photos:load [--hours 6]
 *
 * @module
 */
import { numberOption, readTask } from "../tools/task_options.ts";
import { Scene, unauthorized } from "../tests/examples/photos/fake_storage.ts";

const HOUR_MS = 60 * 60 * 1000;

const { values } = readTask({
  task: "bench:photos:load",
  options: {
    hours: { ...numberOption("The number of hours"), default: "6" },
  },
});
const hours = values.hours;

/** What goes wrong after the first sync. */
const CASES: Record<string, (scene: Scene) => void | Promise<void>> = {
  "all is well, nothing new": () => {},
  "server down": (scene) => scene.stopServer(),
  "401 everywhere": (scene) => {
    scene.gate = unauthorized;
  },
  "401 for acks only": (scene) => {
    scene.gate = (path, { method }) =>
      path === "/sync/ack" && method === "POST" ? unauthorized() : undefined;
  },
  "sessions end after each ack": (scene) => {
    scene.gate = (path, { method, headers }) => {
      if (path !== "/sync/ack" || method !== "POST") return;
      const accessToken = headers.get("authorization")!.replace("Bearer ", "");
      scene.endSession({ baseUrl: "", accessToken });
      return unauthorized();
    };
  },
  "429 without Retry-After": (scene) => {
    scene.gate = () => new Response(null, { status: 429 });
  },
  "429 with Retry-After: 3600": (scene) => {
    const headers = { "retry-after": "3600" };
    scene.gate = () => new Response(null, { status: 429, headers });
  },
};

/** Requests, new sessions and alarms in one hour. */
type Load = [requests: number, sessions: number, alarms: number];

/** Runs the app for some hours, and returns the load of each. */
async function measure(
  spoil: (scene: Scene) => void | Promise<void>,
): Promise<Load[]> {
  await using scene = new Scene();
  scene.fake.library.addAsset();
  await scene.signIn();
  const job = await scene.wakeUp(HOUR_MS);
  await scene.syncNow(job);
  await spoil(scene);

  const started = scene.now = scene.storage.alarm!;
  const loads = Array.from({ length: hours }, (): Load => [0, 0, 0]);
  const current = () => loads[Math.floor((scene.now - started) / HOUR_MS)];
  const { fetch } = globalThis;
  globalThis.fetch = (input, init) => {
    const load = current()!;
    load[0]++;
    if (String(input).endsWith("/api/sessions")) load[1]++;
    return fetch(input, init);
  };
  // An alarm at the end of an hour belongs to that hour.
  const end = started + hours * HOUR_MS;
  while (scene.storage.alarm !== null && scene.storage.alarm < end) {
    scene.now = Math.max(scene.now, scene.storage.alarm);
    current()![2]++;
    await scene.fireAlarm(job);
  }
  globalThis.fetch = fetch;
  return loads;
}

/** Formats the load of an hour. */
function toCell([requests, sessions, alarms]: Load): string {
  return `${requests} / ${sessions} / ${alarms}`;
}

console.warn = () => {}; // The app logs each failure.
console.log("Requests / new sessions / alarms in each hour:\n");
const names = Array.from({ length: hours }, (_, i) => `hour ${i + 1}`);
console.log(`| case | ${names.join(" | ")} |`);
console.log(`| --- |${" --: |".repeat(hours)}`);
for (const [name, spoil] of Object.entries(CASES)) {
  const loads = await measure(spoil);
  console.log(`| ${name} | ${loads.map(toCell).join(" | ")} |`);
}
