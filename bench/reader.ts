/**
 * A Worker that reads a generated stream with one variant:
 * `?way=VARIANT&events=EVENTS`
 *
 * @module
 */
import { countRows, generateBody } from "./stream.ts";
import { fromMemory, WAYS } from "./ways.ts";

/** The Worker. */
const worker: { fetch(request: Request): Promise<Response> } = {
  async fetch(request) {
    const { searchParams } = new URL(request.url);
    const events = Number(searchParams.get("events"));
    const way = WAYS[searchParams.get("way") ?? ""];
    if (way === undefined) {
      return new Response("unknown variant", { status: 404 });
    }
    const count = await way(fromMemory(generateBody(events)));
    const status = count === countRows(events) ? 200 : 500;
    return new Response(`${count} rows`, { status });
  },
};

export default worker;
