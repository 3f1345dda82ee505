/** Serves a fake server over a socket, and counts the rows in its streams. */
import type { Session } from "../../mod.ts";
import type { FakeImmich } from "../../src/testing/mod.ts";
import { listen } from "./listen.ts";

/** A served fake server. */
export interface Served extends AsyncDisposable {
  url: string;
  /** Returns the number of rows sent in streams since the last call. */
  takeRows(): number;
  /** The session that requested the last stream. */
  session: Session;
}

/** Serves a fake server on a loopback port. */
export function serve(fake: Pick<FakeImmich, "handler" | "requests">): Served {
  let rows = 0;
  const { baseUrl, ...server } = listen(async (request) => {
    const response = await fake.handler(request);
    const isStream = request.url.endsWith("/sync/stream") && response.ok;
    if (!isStream || response.body === null) return response;
    const body = response.body.pipeThrough(rowCounter(() => rows++));
    return new Response(body, response);
  });
  return {
    url: baseUrl,
    takeRows() {
      const taken = rows;
      rows = 0;
      return taken;
    },
    get session() {
      const { headers: { authorization = "" } = {} } = fake.requests
        .findLast(({ path }) => path.endsWith("/sync/stream")) ?? {};
      return { baseUrl, accessToken: authorization.replace("Bearer ", "") };
    },
    ...server,
  };
}

/** Passes a stream through, and calls a function for each row. */
function rowCounter(
  onRow: () => void,
): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  const decoder = new TextDecoder();
  let rest = "";
  return new TransformStream({
    transform(chunk, controller) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split(
        "\n",
      );
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (!/"type":"Sync(Ack|Reset|Complete)V1"/.test(line)) onRow();
      }
      controller.enqueue(chunk);
    },
  });
}
