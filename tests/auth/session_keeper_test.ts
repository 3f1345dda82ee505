/** What remains on the server after a failure or a crash at each step. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { currentUser, type Fetch, login, logout } from "../../mod.ts";
import { keepSessionWith } from "../../src/auth/mod.ts";
import { FakeImmich, type FakeImmichOptions } from "../../src/testing/mod.ts";
import { later, turn } from "../support/events.ts";
import { type MemoryStore, memoryStore, sessionIds } from "../support/kept.ts";
import { testEnv } from "../support/env.ts";
import { assertProperty } from "../support/property.ts";
import { test } from "../support/test.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const NEVER = new Promise<never>(() => {});

/** A step: a request, or a call to the store. */
interface Step {
  name: string;
  run: () => unknown;
}

/** Runs a step, or does something else instead. */
type Interrupt = (step: Step) => unknown;

const untouched: Interrupt = ({ run }) => run();

class World {
  readonly server: FakeImmich;
  readonly store: MemoryStore = memoryStore();
  now: number = Date.parse("2026-11-27");
  logins = 0;
  /** The access tokens that the server has created in logins. */
  readonly #tokens: string[] = [];

  constructor(options: FakeImmichOptions = {}) {
    this.server = new FakeImmich({ now: () => this.now, ...options });
  }

  /** Runs `get` as a new process does. */
  async run(
    interrupt: Interrupt = untouched,
    env: Parameters<typeof testEnv>[0] = {},
  ) {
    const step = async <T>(name: string, run: () => T): Promise<Awaited<T>> =>
      await (await interrupt({ name, run }) as T);
    const { server: { baseUrl }, store } = this;
    const fetch: Fetch = (url, init) =>
      step(
        `${init.method} ${new URL(url).pathname}`,
        () => this.#send(url, init),
      );
    const kept = keepSessionWith(
      {
        get: () => step("get", () => store.get() as string | undefined),
        set: (text) => step("set", () => store.set(text)),
        delete: () => step("delete", () => store.delete()),
      },
      () => {
        this.logins++;
        return login("demo@immich.test", "demo", {
          baseUrl,
          fetch,
          idleTimeoutMs: false,
        });
      },
      // A step that never ends must not leave a timer behind.
      { fetch, idleTimeoutMs: false },
      testEnv({ now: () => this.now, ...env }),
    );
    return await kept.get();
  }

  async #send(url: string, init: RequestInit): Promise<Response> {
    const response = await this.server.fetch(url, init);
    if (url.endsWith("/auth/login")) {
      this.#tokens.push((await response.clone().json()).accessToken);
    }
    return response;
  }

  /**
   * Returns whether the last login was lost: no client could know its token any
   * more.
   */
  isLastLoginLost(): boolean {
    const token = this.#tokens.at(-1);
    return token !== undefined && !this.store.text?.includes(token);
  }

  /** Asserts that the kept session works, and that nothing else is left. */
  async assertTidy(extra: number, how: string): Promise<void> {
    const session = await this.run();
    const { fetch } = this.server;
    await currentUser(session, { fetch });
    assertEquals(await this.run(), session, how);
    assertEquals((await sessionIds(this.server)).length, 2 + extra, how);
  }
}

/** What a process may find when it starts. */
const BEGINNINGS: Record<string, (world: World) => Promise<void>> = {
  "no session": () => Promise.resolve(),
  "a session": async (world) => void await world.run(),
  "a session that was not used today": async (world) => {
    await world.run();
    world.now += 2 * DAY_MS;
  },
  "a child session that has ended": async (world) => {
    await logout(await world.run(), { fetch: world.server.fetch });
  },
  "a login that has ended": async (world) => {
    await world.run();
    world.server.endSession(JSON.parse(world.store.text!).login);
  },
  "a claim of a crashed process": async (world) => {
    await world.run();
    const claim = { id: "crashed", until: world.now - 1 };
    const stored = { ...JSON.parse(world.store.text!), claim };
    world.store.text = JSON.stringify(stored);
  },
};

const fail = () => {
  throw new TypeError("failed");
};

/** What may happen in a step. */
const ACCIDENTS: Record<string, (step: Step, crash: () => void) => unknown> = {
  "a failure before": fail,
  "a failure after": async ({ run }) => {
    await run();
    fail();
  },
  "a gateway's 504 after": async ({ name, run }) => {
    const result = await run();
    return name.includes("/api/")
      ? new Response(null, { status: 504 })
      : result;
  },
  "a crash before": (_step, crash) => {
    crash();
    return NEVER;
  },
  "a crash after": async ({ run }, crash) => {
    await run();
    crash();
    await NEVER;
  },
};

for (const status of [400, 401, 403, 429, 500, 502, 503, 504]) {
  ACCIDENTS[`a status of ${status} in`] = ({ name, run }) =>
    // A 401 in response to a logout says that the session has ended.
    name.includes("/api/") && !(status === 401 && name.includes("logout"))
      ? new Response(null, { status })
      : run();
}

for (const [found, begin] of Object.entries(BEGINNINGS)) {
  for (const [accident, happen] of Object.entries(ACCIDENTS)) {
    test(`with ${found}, ${accident} any step leaves no session behind`, async () => {
      for (let at = 0, steps = Infinity; at < steps; at++) {
        const world = new World();
        await begin(world);
        const crash = later();
        let count = 0;
        let name = "";
        const run = world.run((step) => {
          if (count++ !== at) return step.run();
          name = step.name;
          return happen(step, crash.resolve);
        }).catch(() => {});
        await Promise.race([run, crash.promise]);
        if (name === "") steps = at;
        // The process that crashed no longer blocks others.
        world.now += 2 * MINUTE_MS;
        const isLost = accident.includes("crash") ||
          name === "POST /api/auth/login" && accident.includes("after");
        const extra = isLost && world.isLastLoginLost() ? 1 : 0;
        await world.assertTidy(extra, `${accident} step ${at}, ${name}`);
      }
    });
  }

  for (const down of ["the server", "the store"]) {
    test(`with ${found}, ${down} may fail from any step on`, async () => {
      for (let at = 0, steps = Infinity; at < steps; at++) {
        const world = new World();
        await begin(world);
        let count = 0;
        await world.run((step) => {
          const isDown =
            step.name.includes("/api/") === (down === "the server");
          return count++ >= at && isDown ? fail() : step.run();
        }).then(() => steps = at, () => {});
        world.now += 2 * MINUTE_MS;
        await world.assertTidy(0, `from step ${at} on`);
      }
    });
  }
}

test("a new session is ended at once if its final write fails", async () => {
  const world = new World();
  let sets = 0;
  const error = await world.run(({ name, run }) => {
    if (name === "set" && ++sets > 1) fail();
    return run();
  }).catch((error) => error);
  assertEquals(error.code, "store_failed");
  assertEquals(await sessionIds(world.server), []);
});

test("a write that fails once does not lose the session", async () => {
  const world = new World();
  let sets = 0;
  await world.run(({ name, run }) => {
    if (name === "set" && ++sets === 3) fail();
    return run();
  });
  assertEquals(world.logins, 1);
  assertEquals((await sessionIds(world.server)).length, 2);
});

test("a refused child session keeps the login for the next run", async () => {
  const world = new World();
  const error = await world.run(({ name, run }) =>
    name === "POST /api/sessions" ? new Response(null, { status: 500 }) : run()
  ).catch((error) => error);
  assertEquals(error.status, 500);
  await world.run();
  assertEquals(world.logins, 1);
  assertEquals((await sessionIds(world.server)).length, 2);
});

test("a process waits for another one that signs in", async () => {
  const world = new World();
  const signingIn = later();
  const waiting = later();
  const first = world.run(async ({ name, run }) => {
    if (name === "POST /api/auth/login") {
      signingIn.resolve();
      await waiting.promise;
    }
    return await run();
  });
  await signingIn.promise;
  const second = world.run(untouched, {
    async sleep() {
      waiting.resolve();
      await turn();
    },
  });
  assertEquals(await second, await first);
  assertEquals(world.logins, 1);
});

test("a sign-in that takes longer than its claim is undone", async () => {
  const world = new World();
  const signingIn = later();
  const release = later();
  const slow = world.run(async ({ name, run }) => {
    if (name === "POST /api/auth/login") {
      signingIn.resolve();
      await release.promise;
    }
    return await run();
  });
  await signingIn.promise;
  world.now += 2 * MINUTE_MS;
  const session = await world.run();
  release.resolve();
  assertEquals(await slow, session);
  assertEquals((await sessionIds(world.server)).length, 2);
});

test("a claim from a clock that was a year ahead blocks nobody", async () => {
  const world = new World();
  const claim = { id: "ahead", until: world.now + 365 * DAY_MS };
  world.store.text = JSON.stringify({ version: 1, claim });
  await world.run();
});

/** Waits for a number of turns of the event loop. */
async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await turn();
}

for (const [found, begin] of Object.entries(BEGINNINGS)) {
  test(`with ${found}, several processes on one store sign in once`, async () => {
    await assertProperty(
      fc.asyncProperty(
        fc.array(fc.array(fc.nat(3), { minLength: 1, maxLength: 5 }), {
          minLength: 2,
          maxLength: 4,
        }),
        async (processes) => {
          const world = new World();
          await begin(world);
          const { logins } = world;
          const sessions = await Promise.all(processes.map((delays) => {
            let count = 0;
            return world.run(async ({ run }) => {
              const delay = delays[count++ % delays.length]!;
              await turns(delay);
              const result = await run();
              await turns(delay);
              return result;
              // A wait is longer than a write takes.
            }, { sleep: () => turns(30) });
          }));
          for (const session of sessions) assertEquals(session, sessions[0]);
          assert(world.logins - logins <= 1);
          await world.assertTidy(0, `${world.logins} logins`);
        },
      ),
      { numRuns: 5 },
    );
  });
}
