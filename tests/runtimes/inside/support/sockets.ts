/**
 * Servers on real sockets that do exactly what they are told, in another
 * process: what a test writes and reads goes there and comes from there.
 */
import {
  FakeImmich,
  type FakeImmichOptions,
} from "../../../../src/testing/mod.ts";
import {
  type FakeControls,
  type FakeServer,
  toControls,
} from "../../../support/fake_server.ts";
import type { Answer, RawServer } from "../../../support/wire.ts";
import type { News } from "../../relay.ts";
import { ask, askJson } from "../control.ts";

export type { FakeServer } from "../../../support/fake_server.ts";
export {
  type Answer,
  chunk,
  head,
  type RawServer,
  type Wire,
} from "../../../support/wire.ts";

interface Started {
  id: number;
  baseUrl: string;
}

/** Serves a fake Immich over a socket. To dispose of it waits for its answers to end. */
export async function serveFake(
  options: FakeImmichOptions = {},
): Promise<FakeServer> {
  const { id, baseUrl } = await askJson<Started>("fakes", options);
  const names = Object.keys(toControls(new FakeImmich(), baseUrl));
  const controls = names.map((name) => [
    name,
    (...args: unknown[]) => askJson(`fakes/${id}/${name}`, args),
  ]);
  return {
    baseUrl,
    ...Object.fromEntries(controls) as FakeControls,
    async [Symbol.asyncDispose]() {
      await askJson(`fakes/${id}/end`, null);
    },
  };
}

/** Starts a server that answers each connection by hand. */
export async function serveRaw(answer: Answer): Promise<RawServer> {
  const { id, baseUrl } = await askJson<Started>("raws", null);
  const leaving = new Map<number, () => void>();
  const pending = new Set<Promise<unknown>>();
  let over = false;

  function accept(connection: number, request: string): void {
    const path = `raws/${id}/${connection}`;
    const gone = new Promise<void>((resolve) => {
      leaving.set(connection, resolve);
    });
    const order = (what: string) => () =>
      void pending.add(askJson(`${path}/${what}`, null));
    const close = order("close");
    const write = async (data: string | Uint8Array) => {
      const body = typeof data === "string" ? data : new Uint8Array(data);
      await (await ask(`${path}/write`, body)).text();
    };
    // The client may go while it is written to.
    const done = answer({
      request,
      write,
      close,
      reset: order("reset"),
      gone,
    }).catch(close);
    pending.add(done);
  }

  async function listen(): Promise<void> {
    while (!over) {
      for (const news of await askJson<News[]>(`raws/${id}/next`, null)) {
        const { connection, request } = news;
        if (request === undefined) leaving.get(connection)?.();
        else accept(connection, request);
      }
    }
  }

  const listening = listen();
  return {
    baseUrl,
    refuse: () => askJson(`raws/${id}/refuse`, null),
    accept: () => askJson(`raws/${id}/accept`, null),
    async [Symbol.asyncDispose]() {
      await askJson(`raws/${id}/end`, null);
      over = true;
      await listening;
      await Promise.all(pending);
    },
  };
}
