/**
 * Servers on real sockets, controlled by a test. The servers run in another
 * process, which exchanges all data with the test.
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
import type { ConnectionEvent } from "../../relay.ts";
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

/**
 * Serves a fake Immich over a socket. Disposing of the server waits for its
 * responses to end.
 */
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

/** Starts a server that handles each connection by hand. */
export async function serveRaw(answer: Answer): Promise<RawServer> {
  const { id, baseUrl } = await askJson<Started>("raws", null);
  const disconnects = new Map<number, () => void>();
  const pending = new Set<Promise<unknown>>();
  let isClosed = false;

  function accept(connection: number, request: string): void {
    const path = `raws/${id}/${connection}`;
    const gone = new Promise<void>((resolve) => {
      disconnects.set(connection, resolve);
    });
    const command = (what: string) => () =>
      void pending.add(askJson(`${path}/${what}`, null));
    const close = command("close");
    const write = async (data: string | Uint8Array) => {
      const body = typeof data === "string" ? data : new Uint8Array(data);
      await (await ask(`${path}/write`, body)).text();
    };
    // The client may disconnect during a write.
    const done = answer({
      request,
      write,
      close,
      reset: command("reset"),
      gone,
    }).catch(close);
    pending.add(done);
  }

  async function listen(): Promise<void> {
    while (!isClosed) {
      for (
        const event of await askJson<ConnectionEvent[]>(`raws/${id}/next`, null)
      ) {
        const { connection, request } = event;
        if (request === undefined) disconnects.get(connection)?.();
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
      isClosed = true;
      await listening;
      await Promise.all(pending);
    },
  };
}
