/** Replacements for `fetch` that need no server. */
import type { Fetch, Session } from "../../mod.ts";

/** A session for servers that do not check it. */
export const SESSION: Session = {
  baseUrl: "https://immich.test",
  accessToken: "jlsJNARuSlJ0cTNkGsY9W2qrTbwUs0lfaUhwcRBAO1k",
};

/**
 * Creates a `fetch` that responds with a fixed response or with a function's
 * result.
 */
export function answering(
  answer: (request: Request) => Response | Promise<Response>,
): Fetch {
  return async (url, init) => await answer(new Request(url, init));
}

/** Creates a `fetch` that responds with JSON. */
export function answeringJson(value: unknown, status = 200): Fetch {
  return answering(() => Response.json(value, { status }));
}

/** Creates a `fetch` that responds with the lines of a stream. */
export function answeringLines(body: BodyInit): Fetch {
  const headers = { "content-type": "application/jsonlines+json" };
  return answering(() => new Response(body, { headers }));
}

/** Creates a `fetch` that records its requests. */
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

/** A `fetch` for tests in which no request may be made. */
export const refusing: Fetch = () => {
  throw new Error("No request was to be made");
};

/** Reads a stream to its end. Returns its items, and its error if it fails. */
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
