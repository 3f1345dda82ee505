/**
 * Runs `deno` with a JSR registry in reach: jsr.io where it answers, the one
 * that `JSR_URL` names where that is set, and else a local mirror.
 *
 *     deno run -A tools/with_jsr.ts test -A
 *
 * @module
 */
import { startMirror } from "./jsr_mirror.ts";

/** Whether a registry answers, whatever it says. */
export async function answers(
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

async function deno(args: string[], env: Record<string, string> = {}) {
  const child = new Deno.Command(Deno.execPath(), {
    args,
    // The worker's package.json is for those who copy it, and use npm.
    env: { DENO_NO_PACKAGE_JSON: "1", ...env },
  }).spawn();
  // A Ctrl-C reaches the child as well: wait for it to end in its own way.
  Deno.addSignalListener("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(signal, () => child.kill(signal));
  }
  return (await child.status).code;
}

async function main(args: string[]): Promise<number> {
  if (Deno.env.has("JSR_URL") || await answers("https://jsr.io")) {
    return await deno(args);
  }
  await using mirror = await startMirror();
  console.error(`jsr.io does not answer, using a mirror at ${mirror.url}`);
  try {
    return await deno(args, { JSR_URL: mirror.url });
  } finally {
    await forget(mirror.url);
  }
}

/** Takes what came from the mirror out of Deno's cache: its port is never the same again. */
async function forget(url: string): Promise<void> {
  const info = new Deno.Command(Deno.execPath(), { args: ["info", "--json"] });
  const { modulesCache } = JSON.parse(
    new TextDecoder().decode((await info.output()).stdout),
  );
  const { hostname, port } = new URL(url);
  const cached = `${modulesCache}/http/${hostname}_PORT${port}`;
  await Deno.remove(cached, { recursive: true }).catch(() => {});
}

if (import.meta.main) Deno.exit(await main(Deno.args));
