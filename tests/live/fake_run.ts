/** Runs the live suite against the fake server over a socket. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { FakeImmich } from "../../src/testing/mod.ts";
import { listen } from "../support/listen.ts";
import { SEED } from "../support/property.ts";
import type { LiveOptions } from "./options.ts";
import { CHECKS, runLive } from "./run.ts";

const EMAIL = "admin@immich.test";

type Handler = (request: Request) => Promise<Response>;

/** A fake server, and the options for a run against it. */
export interface FakeRun extends AsyncDisposable {
  fake: FakeImmich;
  options: LiveOptions;
}

/** Serves a fake server, with a modified handler. */
export function serveFake(
  version: string,
  change: (handler: Handler) => Handler = (handler) => handler,
): FakeRun {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  const fake = new FakeImmich({
    version: { major, minor, patch },
    email: EMAIL,
    password: "demo",
  });
  const { baseUrl, ...server } = listen(change(fake.handler));
  const options: LiveOptions = {
    server: baseUrl,
    adminEmail: EMAIL,
    adminPassword: "demo",
    oauthEmail: EMAIL,
    only: "",
    changes: 4,
    seed: SEED,
    quietMs: 0,
    deleteMs: 500,
  };
  return { fake, options, ...server };
}

/** Runs the suite, and returns the exit code and the report. */
export async function run(
  options: LiveOptions,
  onLine: (line: string) => void = () => {},
  signal: AbortSignal = new AbortController().signal,
): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  const code = await runLive(options, signal, (line) => {
    lines.push(line);
    onLine(line);
  });
  return { code, lines };
}

/** Asserts that all checks pass against a fake server, and leave it as it was. */
export async function assertPasses(
  version: string,
  options: Partial<LiveOptions> = {},
): Promise<void> {
  await using server = serveFake(version);
  const { fake } = server;
  const { code, lines } = await run({ ...server.options, ...options });
  const report = lines.join("\n");
  assertEquals(code, 0, report);
  assertStringIncludes(report, `${CHECKS.length} passed, 0 failed, 0 skipped`);
  assertEquals([...fake.snapshot().users.keys()], [fake.user.id]);
  assertEquals(fake.openStreams, 0);
}
