/**
 * CORS headers that let a page from another origin read responses. Real Immich
 * servers send none, so a page must have the server's origin or the origin of a
 * proxy that adds such headers. The page that runs these tests has a different
 * origin.
 */
const ORIGINS = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "*",
};

const PREFLIGHT_HEADERS = {
  ...ORIGINS,
  "access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE",
  // A wildcard does not cover `authorization`.
  "access-control-allow-headers": "authorization, *",
};

/** The response to a browser's preflight request. */
export const PREFLIGHT: string = `HTTP/1.1 204 No Content\r\n${
  toLines({ connection: "close", ...PREFLIGHT_HEADERS })
}\r\n`;

/** Inserts CORS headers after the status line, if the data starts with one. */
export function withOrigins(data: Uint8Array): Uint8Array {
  const text = new TextDecoder("latin1").decode(data);
  const end = text.indexOf("\r\n") + 2;
  if (!text.startsWith("HTTP/1.1 ") || end < 2) return data;
  const added = new TextEncoder().encode(toLines(ORIGINS));
  return Uint8Array.from([
    ...data.subarray(0, end),
    ...added,
    ...data.subarray(end),
  ]);
}

/** Wraps a handler so that any page may read its responses. */
export function forAllOrigins(
  handler: (request: Request) => Promise<Response>,
): (request: Request) => Promise<Response> {
  return async (request) => {
    if (request.method === "OPTIONS") {
      return new Response(null, { status: 204, headers: PREFLIGHT_HEADERS });
    }
    const { status, body, headers } = await handler(request);
    const all = [...headers, ...Object.entries(ORIGINS)] as [string, string][];
    return new Response(body, { status, headers: all });
  };
}

function toLines(headers: Record<string, string>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`).join("");
}
