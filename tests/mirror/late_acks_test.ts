/** An aborted run's ack that reaches the server after a full sync has begun. */
import { assertRejects } from "@std/assert";
import { type Fetch, getSyncAcks } from "../../mod.ts";
import { later, until } from "../support/events.ts";
import { test } from "../support/test.ts";
import { openFixture } from "./fixture.ts";

for (
  const moment of ["after the ack for a reset", "during an interrupted stream"]
) {
  test(`a mirror loses no rows if an old ack arrives late ${moment}`, async () => {
    const { server, session, sync, assertMirrors } = await openFixture();
    const { library } = server;
    for (let i = 0; i < 12; i++) library.addAsset();
    await sync();
    for (const { id } of library.assets) {
      library.updateAsset(id, { isFavorite: true });
    }
    const options = { batchSize: 3, ack: { every: 1 }, retry: { delayMs: 1 } };
    const { promise, resolve } = later();
    server.inject({ type: "late", on: "ack", until: promise });
    const abort = new AbortController();
    const { signal } = abort;
    const aborting: Fetch = (url, init) => {
      const response = server.fetch(url, init);
      if (url.endsWith("/ack")) abort.abort();
      return response;
    };
    await assertRejects(() => sync({ ...options, fetch: aborting, signal }));

    const isReset = moment.includes("reset");
    if (isReset) server.requestReset(session);
    else server.inject({ type: "truncate", atByte: 300 });
    let isOver = false;
    const fetch: Fetch = async (url, init) => {
      const response = await server.fetch(url, init);
      const isMoment = isReset
        ? String(init.body).includes("SyncResetV1")
        : url.endsWith("/stream");
      if (isOver || !isMoment) return response;
      isOver = true;
      resolve();
      await until(async () => {
        const acks = await getSyncAcks(session, { fetch: server.fetch });
        return acks.some(({ type }) => type === "AssetV2");
      }, "the late ack has arrived");
      return response;
    };
    await sync({ ...options, fetch, full: !isReset });
    await assertMirrors();
  });
}
