/** A copy in a Durable Object's fake storage, in memory and with a fake clock. */
/// <reference path="../../../examples/cloudflare_workers.d.ts" />
import { DatabaseSync } from "node:sqlite";
import type { Copy } from "../../../examples/photos/src/copy.ts";
import type { ObjectStorage } from "../../../examples/photos/src/env.ts";
import { Logins } from "../../../examples/photos/src/logins.ts";
import { Revocations } from "../../../examples/photos/src/revocations.ts";
import { BUDGET, SyncJob } from "../../../examples/photos/src/sync_job.ts";
import type { BudgetOptions, Session } from "../../../mod.ts";
import { openCopy } from "../../../examples/photos/src/summary.ts";
import { type Mirror, sqlite } from "../../../src/mirror/mod.ts";
import {
  FakeImmich,
  type FakeImmichOptions,
  type SeenRequest,
} from "../../../src/testing/mod.ts";
import { listen } from "../../support/listen.ts";

/** Key-value storage in memory, with an alarm that never fires by itself. */
export class FakeStorage implements ObjectStorage {
  readonly values: Map<string, unknown> = new Map();
  alarm: number | null = null;

  // deno-lint-ignore require-await
  async get<T>(key: string): Promise<T | undefined> {
    return structuredClone(this.values.get(key)) as T | undefined;
  }

  // deno-lint-ignore require-await
  async list<T>({ prefix }: { prefix: string }): Promise<Map<string, T>> {
    const entries = [...this.values].filter(([key]) => key.startsWith(prefix));
    return structuredClone(new Map(entries)) as Map<string, T>;
  }

  // deno-lint-ignore require-await
  async put<T>(key: string, value: T): Promise<void> {
    this.values.set(key, structuredClone(value));
  }

  // deno-lint-ignore require-await
  async delete(key: string): Promise<boolean> {
    return this.values.delete(key);
  }

  getAlarm(): Promise<number | null> {
    return Promise.resolve(this.alarm);
  }

  // deno-lint-ignore require-await
  async setAlarm(time: number): Promise<void> {
    this.alarm = time;
  }

  // deno-lint-ignore require-await
  async deleteAlarm(): Promise<void> {
    this.alarm = null;
  }
}

const { now: realNow } = Date;

/** A server and a copy. The clock stands still until a test moves it. */
export class Scene implements AsyncDisposable {
  /** The time, in milliseconds since 1970. */
  now: number = Date.UTC(2026, 0, 1);
  readonly fake: FakeImmich;
  readonly storage: FakeStorage = new FakeStorage();
  readonly revocations: Revocations;
  readonly logins: Logins;
  /** Responds to a request, which then does not reach the server. */
  gate: (path: string, request: Request) => Response | undefined | void =
    () => {};
  readonly #server: ReturnType<typeof listen>;
  readonly #database = new DatabaseSync(":memory:");

  constructor(options: FakeImmichOptions = {}) {
    Date.now = () => this.now;
    this.fake = new FakeImmich({ now: Date.now, ...options });
    this.#server = listen(async (request) => {
      const path = new URL(request.url).pathname.replace("/api", "");
      const answer = this.gate(path, request);
      if (answer === undefined) return await this.fake.handler(request);
      this.seen.push(`${request.method} ${path}`);
      await request.body?.cancel();
      return answer;
    });
    this.revocations = new Revocations(this.storage);
    this.logins = new Logins(this.storage, this.revocations);
  }

  /** Requests that the gate has answered. */
  readonly seen: string[] = [];

  /** All requests, as `METHOD /path`, without `/api`. */
  get requests(): string[] {
    const handled = this.fake.requests.map(({ method, path }: SeenRequest) =>
      `${method} ${path.replace("/api", "")}`
    );
    return [...handled, ...this.seen];
  }

  /** Number of requests with this method and path. */
  count(request: string): number {
    return this.requests.filter((one) => one === request).length;
  }

  /** Creates a session on the server. */
  session(): Session {
    const { baseUrl } = this.#server;
    return { ...this.fake.createSession(), baseUrl, authType: "oauth" };
  }

  /** Ends a session on the server. */
  endSession({ accessToken }: Session): void {
    this.fake.endSession({ baseUrl: this.fake.baseUrl, accessToken });
  }

  /** Signs a browser in, and returns its ticket. */
  async signIn(session: Session = this.session()): Promise<string> {
    this.now++; // The order of logins depends on it.
    return await this.logins.add(session);
  }

  /** Opens the copy, like a Durable Object that wakes up. */
  async wakeUp(
    everyMs = 0,
    budget: BudgetOptions = BUDGET,
  ): Promise<SyncJob> {
    const { storage, logins, revocations } = this;
    let mirror: Promise<Mirror> | undefined;
    const job = new SyncJob({
      storage,
      logins,
      revocations,
      everyMs,
      openMirror: () =>
        mirror ??= openCopy(sqlite(this.#database), this.fake.user.id),
      onChange: () => {},
      budget,
    });
    await job.load();
    return job;
  }

  /** Clicks on "Sync now", and lets the alarm fire until the run has ended. */
  async syncNow(job: SyncJob): Promise<Copy> {
    await job.start();
    while (job.copy.phase === "running") await this.fireAlarm(job);
    return job.copy;
  }

  /** Moves the clock to the alarm, and lets it fire. */
  async fireAlarm(job: SyncJob): Promise<Copy> {
    const { alarm } = this.storage;
    if (alarm === null) throw new Error("Cannot wait: there is no alarm");
    this.now = Math.max(this.now, alarm);
    this.storage.alarm = null;
    await job.wake();
    return job.copy;
  }

  /** Stops the server; connections are then refused. */
  async stopServer(): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopServer();
    this.#database.close();
    Date.now = realNow;
  }
}

/** A response with status 401. */
export function unauthorized(): Response {
  return Response.json({ message: "Invalid user token" }, { status: 401 });
}
