/** A browser, as far as a server can tell: cookies, and nothing followed by itself. */
import type { WorkerRequest } from "../../../examples/photos/local/workerd.ts";

/** Asks the worker; a `fetch` that follows no redirect. */
export type Ask = (url: string, request: WorkerRequest) => Promise<Response>;

/** An answer that was read to its end. */
export interface Answer {
  status: number;
  headers: Headers;
  /** The body, one character for each byte if it is no text. */
  text: string;
}

/** A cookie as it was set. */
export interface Cookie {
  name: string;
  value: string;
  /** Its attributes, by their name in lower case; "" for those without a value. */
  attributes: Record<string, string>;
}

/** A browser that is at one origin. */
export class Browser {
  /** Where it is. */
  readonly origin: string;
  /** What it keeps, by name. */
  readonly cookies: Map<string, string> = new Map();
  /** Every cookie that was set, deleted ones as well. */
  readonly set: Cookie[] = [];
  /** Everything that came: the heads and the bodies. */
  readonly received: string[] = [];
  readonly #ask: Ask;

  /** Opens one, without cookies. */
  constructor(origin: string, ask: Ask) {
    this.origin = origin;
    this.#ask = ask;
  }

  /** Asks, and leaves the body to be read, as that of a stream of events is. */
  async open(path: string, request: WorkerRequest = {}): Promise<Response> {
    const { href, origin } = new URL(path, this.origin);
    if (origin !== this.origin) {
      throw new RangeError(`Cannot open ${origin}: it is not the worker`);
    }
    const cookie = [...this.cookies].map((pair) => pair.join("=")).join("; ");
    const headers = {
      ...(cookie === "" ? {} : { cookie }),
      ...request.headers,
    };
    const answer = await this.#ask(href, { ...request, headers });
    for (const field of answer.headers.getSetCookie()) this.#keep(field);
    const fields = [...answer.headers].map((field) => field.join(": "));
    this.received.push([answer.status, ...fields].join("\n"));
    return answer;
  }

  /** Asks, and reads the answer. */
  async get(path: string, request: WorkerRequest = {}): Promise<Answer> {
    const answer = await this.open(path, request);
    const { status, headers } = answer;
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const text = /^text\//.test(headers.get("content-type") ?? "")
      ? new TextDecoder().decode(bytes)
      : Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    this.received.push(text);
    return { status, headers, text };
  }

  /** Sends an empty form, as a click on a button of the page does. */
  async post(
    path: string,
    headers: Record<string, string> = {
      origin: this.origin,
      "sec-fetch-site": "same-origin",
    },
  ): Promise<Answer> {
    const type = "application/x-www-form-urlencoded";
    return await this.get(path, {
      method: "POST",
      headers: { "content-type": type, ...headers },
    });
  }

  /** A cookie as the worker wrote it; "" if there is none. */
  readCookie(name: string): string {
    return decodeURIComponent(this.cookies.get(name) ?? "");
  }

  /** Puts a cookie in the place of what is there. */
  writeCookie(name: string, value: string): void {
    this.cookies.set(name, encodeURIComponent(value));
  }

  /** Another browser, with the same cookies. */
  copy(): Browser {
    const copy = new Browser(this.origin, this.#ask);
    for (const [name, value] of this.cookies) copy.cookies.set(name, value);
    return copy;
  }

  #keep(field: string): void {
    const cookie = toCookie(field);
    this.set.push(cookie);
    const { name, value, attributes } = cookie;
    if (attributes["max-age"] === "0") this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

function toCookie(field: string): Cookie {
  const [pair = "", ...attributes] = field.split(/; */);
  const [name, value] = split(pair);
  return {
    name,
    value,
    attributes: Object.fromEntries(attributes.map((attribute) => {
      const [name, value] = split(attribute);
      return [name.toLowerCase(), value];
    })),
  };
}

function split(pair: string): [name: string, value: string] {
  const [, name = "", value = ""] = /^([^=]*)=?(.*)$/s.exec(pair) ?? [];
  return [name, value];
}
