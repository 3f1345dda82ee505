/**
 * Counts the rows that pages read from the demo's library, in a Durable Object.
 */
/// <reference path="../../../../examples/cloudflare_workers.d.ts" />
import { DurableObject } from "cloudflare:workers";
import { fillLibrary } from "../../../../examples/photos/local/demo_library.ts";
import {
  readAlbums,
  readPhoto,
  readPhotos,
  readThumbhash,
} from "../../../../examples/photos/src/photos.ts";
import {
  openCopy,
  summarize,
} from "../../../../examples/photos/src/summary.ts";
import { durableObject, type Mirror } from "../../../../src/mirror/mod.ts";
import { FakeImmich } from "../../../../src/testing/mod.ts";
import { countRows } from "../../../mirror/inside/row_counts.ts";

/** The pages and steps whose rows are counted. */
const PARTS: Record<string, (mirror: Mirror, id: string) => Promise<unknown>> =
  {
    "the first page": async (mirror) => [
      await readAlbums(mirror),
      await readPhotos(mirror, {}),
    ],
    "older photos": (mirror) => readPhotos(mirror, { before: "2024z" }),
    "a photo": (mirror, id) => readPhoto(mirror, id),
    "a thumbnail": (mirror, id) => readThumbhash(mirror, id),
    "the end of a run": summarize,
  };

/** An object with a copy of the demo's library. */
export class Rows extends DurableObject<unknown> {
  async fetch(request: Request): Promise<Response> {
    const { assets, recording } = await request.json();
    const fake = new FakeImmich({ recording });
    const { library, user, fetch } = fake;
    const now = Date.now();
    fillLibrary({ library, pictures: new Map(), now }, assets);
    const counts = { read: 0, written: 0 };
    const storage = countRows(this.ctx.storage, counts);
    const mirror = await openCopy(durableObject(storage), user.id);
    await mirror.sync(fake.createSession(), { fetch });
    await summarize(mirror);
    const id = library.assets.at(-1)!.id as string;
    const rows: Record<string, number> = {};
    for (const [name, read] of Object.entries(PARTS)) {
      counts.read = 0;
      await read(mirror, id);
      rows[name] = counts.read;
    }
    return Response.json(rows);
  }
}

export default {
  fetch(
    request: Request,
    env: { ROWS: { getByName(name: string): Rows } },
  ): Promise<Response> {
    return env.ROWS.getByName("all").fetch(request);
  },
};
