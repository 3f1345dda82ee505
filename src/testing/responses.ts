/**
 * Creates responses in the format of a server version.
 *
 * @module
 */
import type { Generation } from "./generation.ts";

const STATUS_TEXT: Record<number, string> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  408: "Request Timeout",
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

/** An error that is sent with a status and a message. */
export class ApiError extends Error {
  override readonly name = "ApiError" as const;
  /** The status code. */
  readonly status: number;
  /** The invalid fields. */
  readonly issues: readonly Issue[];

  /** Creates an error. */
  constructor(status: number, message: string, issues: readonly Issue[] = []) {
    super(message);
    this.status = status;
    this.issues = issues;
  }
}

/** An invalid field in a request. */
export interface Issue {
  /** The path to the field. */
  path: (string | number)[];
  /** The human-readable message. */
  message: string;
  /** The error code. */
  code: string;
}

/** Creates a validation error. */
export function invalid(
  path: Issue["path"],
  message: string,
  code = "invalid_type",
): ApiError {
  return new ApiError(400, "Validation failed", [{ code, path, message }]);
}

/** Creates the error body that servers have sent since 3.0. */
function toMessage({ message, issues }: ApiError): object {
  return { message, ...(issues.length > 0 ? { errors: issues } : {}) };
}

/** Creates the error body that servers up to 2.x send. */
function toLongMessage(
  { status, message, issues }: ApiError,
  correlationId: string,
): object {
  return {
    message: issues.length > 0
      ? issues.map(({ path, message }) => `${path.join(".")}: ${message}`)
      : message,
    error: STATUS_TEXT[status] ?? "Error",
    statusCode: status,
    correlationId,
  };
}

/** Creates the error body of a server built with FastAPI. */
function toDetail({ message, issues }: ApiError): object {
  if (issues.length === 0) return { detail: message };
  const detail = issues.map(({ path, message, code }) => ({
    type: code,
    loc: ["body", ...path],
    msg: message,
  }));
  return { detail };
}

/** Creates responses, each with a correlation id. */
export class Responses {
  readonly #modern: boolean;
  readonly #errorField: Generation["errorField"];
  #count = 0;

  /** Creates responses in the format of a server generation. */
  constructor({ modern, errorField }: Generation) {
    this.#modern = modern;
    this.#errorField = errorField;
  }

  /** Creates a JSON response. */
  json(value: unknown, status = 200, headers: HeadersInit = {}): Response {
    return this.#respond(JSON.stringify(value), status, headers);
  }

  /** Creates a response without a body. */
  empty(): Response {
    const id = this.#nextId();
    return new Response(null, { status: 204, headers: this.#idHeader(id) });
  }

  /** Creates a response that streams lines. */
  lines(
    body: ReadableStream<Uint8Array<ArrayBuffer>>,
    headers: Record<string, string> = {},
  ): Response {
    return new Response(body, {
      headers: {
        "content-type": "application/jsonlines+json",
        vary: "Accept-Encoding",
        ...headers,
        ...this.#idHeader(this.#nextId()),
      },
    });
  }

  /** Creates the response for an error. */
  error(error: ApiError): Response {
    const id = this.#nextId();
    const body = this.#errorField === "detail"
      ? toDetail(error)
      : this.#modern
      ? toMessage(error)
      : toLongMessage(error, id);
    return this.#respond(JSON.stringify(body), error.status, {}, id);
  }

  #respond(
    body: string,
    status: number,
    headers: HeadersInit,
    id: string = this.#nextId(),
  ): Response {
    const all = new Headers(headers);
    all.set("content-type", "application/json; charset=utf-8");
    for (const [name, value] of Object.entries(this.#idHeader(id))) {
      all.set(name, value);
    }
    return new Response(body, { status, headers: all });
  }

  #idHeader(id: string): Record<string, string> {
    return { [this.#modern ? "x-correlation-id" : "x-immich-cid"]: id };
  }

  #nextId(): string {
    return (++this.#count).toString(36).padStart(8, "0");
  }
}
