/** A browser as the server sees it: it keeps cookies, and follows no redirects. */
import type { WorkerRequest } from "../../../examples/photos/local/workerd.ts";

/** Sends a request to the app without following redirects. */
export type Ask = (url: string, request: WorkerRequest) => Promise<Response>;

/** A complete response. */
export interface Answer {
  status: number;
  headers: Headers;
  /** The body, with one character for each byte unless it is text. */
  text: string;
}

/** A cookie with its attributes. */
export interface Cookie {
  name: string;
  value: string;
  /** Attributes, with names in lower case; "" for those without a value. */
  attributes: Record<string, string>;
}

/** A browser that visits one origin. */
export class Browser {
  /** The origin. */
  readonly origin: string;
  /** Current cookies, by name. */
  readonly cookies: Map<string, string> = new Map();
  /** Every cookie that was set, including deleted ones. */
  readonly set: Cookie[] = [];
  /** Everything received: headers and bodies. */
  readonly received: string[] = [];
  readonly #ask: Ask;

  /** Opens a browser without cookies. */
  constructor(origin: string, ask: Ask) {
    this.origin = origin;
    this.#ask = ask;
  }

  /** Sends a request without reading the response's body. */
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

  /** Sends a request, and reads the response. */
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

  /** Sends an empty form, like a click on a button on the page. */
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

  /** Returns the decoded value of a cookie; "" if there is none. */
  readCookie(name: string): string {
    return decodeURIComponent(this.cookies.get(name) ?? "");
  }

  /** Sets a cookie. */
  writeCookie(name: string, value: string): void {
    this.cookies.set(name, encodeURIComponent(value));
  }

  /** Returns another browser with the same cookies. */
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
