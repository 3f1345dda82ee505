/**
 * What lets a page of another origin read answers. Real Immich servers say
 * nothing of the kind: there, a page has to be of the server's own origin, or of
 * a proxy that says it. The page of these tests is of none.
 */
const ORIGINS = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "*",
};

const PREFLIGHT_HEADERS = {
  ...ORIGINS,
  "access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE",
  // A star would leave out the first.
  "access-control-allow-headers": "authorization, *",
};

/** The answer to a browser that asks whether a page may ask. */
export const PREFLIGHT: string = `HTTP/1.1 204 No Content\r\n${
  toLines({ connection: "close", ...PREFLIGHT_HEADERS })
}\r\n`;

/** The beginning of an answer, with what browsers want behind the status line. */
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

/** A handler whose answers every page may read. */
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
