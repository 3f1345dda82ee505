/**
 * Runs `deno` with a JSR registry: the one in `JSR_URL` if set, jsr.io if it is
 * reachable, or else a local mirror.
 *
 *     deno run -A tools/with_jsr.ts test -A
 *
 * @module
 */
import { startMirror } from "./jsr_mirror.ts";
import { copyLock, withLockCopy } from "./lock_copy.ts";

/** Returns whether a registry responds at all, even with an error status. */
export async function isReachable(
  registry: string,
  fetch: (url: string, init: RequestInit) => Promise<Response> =
    globalThis.fetch,
): Promise<boolean> {
  try {
    const response = await fetch(`${registry}/@std/streams/meta.json`, {
      signal: AbortSignal.timeout(5_000),
    });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}

async function deno(args: string[], registry: Record<string, string> = {}) {
  await using lock = await copyLock();
  // The worker's package.json is only for copies of the worker that use npm.
  const env = { DENO_NO_PACKAGE_JSON: "1", ...lock.env, ...registry };
  const child = new Deno.Command(Deno.execPath(), {
    args: withLockCopy(args, { ...Deno.env.toObject(), ...env }),
    env,
  }).spawn();
  // Ctrl-C also reaches the child process directly, so wait for that process to end.
  Deno.addSignalListener("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(signal, () => child.kill(signal));
  }
  const { code } = await child.status;
  const missing = await lock.missing();
  if (code !== 0 || missing.length === 0) return code;
  console.error(
    `deno.lock does not contain ${missing.join(", ")}; run "deno task lock"`,
  );
  return 1;
}

async function main(args: string[]): Promise<number> {
  if (Deno.env.has("JSR_URL") || await isReachable("https://jsr.io")) {
    return await deno(args);
  }
  await using mirror = await startMirror();
  console.error(`jsr.io is not reachable; using a mirror at ${mirror.url}`);
  try {
    return await deno(args, { JSR_URL: mirror.url });
  } finally {
    await clearCache(mirror.url);
  }
}

/** Removes the mirror's files from Deno's cache, because the next mirror uses another port. */
async function clearCache(url: string): Promise<void> {
  const info = new Deno.Command(Deno.execPath(), { args: ["info", "--json"] });
  const { modulesCache } = JSON.parse(
    new TextDecoder().decode((await info.output()).stdout),
  );
  const { hostname, port } = new URL(url);
  const cached = `${modulesCache}/http/${hostname}_PORT${port}`;
  await Deno.remove(cached, { recursive: true }).catch(() => {});
}

if (import.meta.main) Deno.exit(await main(Deno.args));
