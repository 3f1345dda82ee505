/**
 * A Worker that reads a stream from a socket with one variant: `?way=VARIANT&from=BASE_URL`
 *
 * @module
 */
import { WIRE_WAYS } from "./ways.ts";

/** The Worker. */
const worker: { fetch(request: Request): Promise<Response> } = {
  async fetch(request) {
    const { searchParams } = new URL(request.url);
    const way = WIRE_WAYS[searchParams.get("way") ?? ""]!;
    const baseUrl = searchParams.get("from") ?? "";
    const count = await way({
      baseUrl,
      fetch: (url, init) => fetch(url, init),
    });
    return new Response(String(count));
  },
};

export default worker;
