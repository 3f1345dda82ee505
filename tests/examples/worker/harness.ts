/**
 * Runs the worker in workerd, with an Immich server. The worker can be killed
 * and restarted.
 */
import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { PHOTO_LIST } from "../../../examples/worker/local/program.ts";
import type { FakeImmichOptions } from "../../../src/testing/mod.ts";
import { until } from "../../support/events.ts";
import type { Browser } from "../photos/browser.ts";
import { beginSignIn, ServedWorker, visitProvider } from "../served_worker.ts";

export { isAck, isStream, SECRET } from "../served_worker.ts";

/** The sample and its server. */
export class Sample extends ServedWorker {
  /** Starts the worker and the server. */
  static async start(fake: FakeImmichOptions = {}): Promise<Sample> {
    const it = new Sample({ program: PHOTO_LIST, fake });
    await it.startWorker();
    return it;
  }

  /** Begins a sign-in, and returns the URL of the provider's redirect. */
  async beginSignIn(
    browser: Browser,
    decision: "approve" | "refuse" = "approve",
  ): Promise<string> {
    return await visitProvider(await beginSignIn(browser), decision);
  }

  /** Signs in with a browser. */
  async signIn(browser: Browser = this.open()): Promise<Browser> {
    const { status, text } = await browser.get(await this.beginSignIn(browser));
    assertEquals(status, 302, text);
    return browser;
  }

  /** Waits until a page contains a string, and returns the page. */
  async page(browser: Browser, text: string): Promise<string> {
    let page = "";
    await until(
      async () => (page = (await browser.get("/")).text).includes(text),
      `the page contains "${text}"`,
    );
    return page;
  }

  /** Signs in, and waits for the end of the first sync. */
  async signInAndSync(): Promise<Browser> {
    const browser = await this.signIn();
    await this.page(browser, "Up to date");
    return browser;
  }

  /** Clicks "Sync now", and returns the page after the sync. */
  async sync(browser: Browser): Promise<string> {
    await browser.post("/sync");
    return await this.page(browser, "Up to date");
  }

  /** Runs a query on the only object's database. */
  query(sql: string): Record<string, unknown>[] {
    const names = [...Deno.readDirSync(this.#objects)]
      .map(({ name }) => name)
      .filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name));
    assertEquals(names.length, 1);
    return query(`${this.#objects}/${names[0]}`, sql);
  }

  /** The ids of the photos on the page. */
  get ids(): string[] {
    return this.query("SELECT id FROM photos WHERE is_shown")
      .map(({ id }) => id as string);
  }

  /** When the next alarm fires, in milliseconds since 1970, if one is set. */
  get alarm(): number | undefined {
    const sql = "SELECT scheduled_time / 1000000 AS time FROM _cf_ALARM";
    const [row] = query(`${this.#objects}/metadata.sqlite`, sql);
    return row?.time as number | undefined;
  }

  get #objects(): string {
    return `${this.folder}/-Library`;
  }
}

function query(path: string, sql: string): Record<string, unknown>[] {
  using database = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
  return database.prepare(sql).all();
}
