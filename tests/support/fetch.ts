/** Fetches that answer without a server. */
import type { Fetch, Session } from "../../mod.ts";

/** A session for servers that do not look at it. */
export const SESSION: Session = {
  baseUrl: "https://immich.test",
  accessToken: "jlsJNARuSlJ0cTNkGsY9W2qrTbwUs0lfaUhwcRBAO1k",
};

/** A fetch that answers always the same, or as told by a function. */
export function answering(
  answer: (request: Request) => Response | Promise<Response>,
): Fetch {
  return async (url, init) => await answer(new Request(url, init));
}

/** A fetch that answers with JSON. */
export function answeringJson(value: unknown, status = 200): Fetch {
  return answering(() => Response.json(value, { status }));
}

/** A fetch that answers with the lines of a stream. */
export function answeringLines(body: BodyInit): Fetch {
  const headers = { "content-type": "application/jsonlines+json" };
  return answering(() => new Response(body, { headers }));
}

/** A fetch that remembers what it was asked. */
export function recording(fetch: Fetch): { fetch: Fetch; requests: Request[] } {
  const requests: Request[] = [];
  return {
    requests,
    fetch(url, init) {
      requests.push(new Request(url, init));
      return fetch(url, init);
    },
  };
}

/** Fails where a request must not be made. */
export const refusing: Fetch = () => {
  throw new Error("No request was to be made");
};

/** Everything of a stream, and the error at its end if there is one. */
export async function drain<T>(
  stream: ReadableStream<T>,
): Promise<{ items: T[]; error?: unknown }> {
  const items: T[] = [];
  try {
    for await (const item of stream) items.push(item);
    return { items };
  } catch (error) {
    return { items, error };
  }
}
