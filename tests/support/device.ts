/** A strict client of the protocol, for tests of the fake server. */
import type { ServerVersion, Session } from "../../mod.ts";
import { supportedSyncTypes } from "../../mod.ts";
import type { FakeImmich } from "../../src/testing/mod.ts";
import { planAcks } from "../../src/sync/checkpoint.ts";

/** A line in a stream. */
export interface Line {
  type: string;
  data: Record<string, unknown>;
  ack: string;
}

/** Releases that behave differently. */
export const RELEASES: Record<string, ServerVersion> = {
  "1.135.3": { major: 1, minor: 135, patch: 3 },
  "1.136.0": { major: 1, minor: 136, patch: 0 },
  "1.138.1": { major: 1, minor: 138, patch: 1 },
  "1.141.0": { major: 1, minor: 141, patch: 0 },
  "2.5.6": { major: 2, minor: 5, patch: 6 },
  "2.7.5": { major: 2, minor: 7, patch: 5 },
  "3.1.0": { major: 3, minor: 1, patch: 0 },
  "3.2.2": { major: 3, minor: 2, patch: 2 },
  "3.3.0": { major: 3, minor: 3, patch: 0 },
};

/** Options for a device. */
export interface DeviceOptions {
  /** Id of the user. */
  session?: Session;
  /** Sends the requests. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** The server's address. */
  baseUrl?: string;
}

/** A client with one session. */
export class Device {
  readonly session: Session;
  readonly #fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly #baseUrl: string;

  constructor(server: FakeImmich, options: DeviceOptions = {}) {
    this.session = options.session ?? server.createSession();
    this.#fetch = options.fetch ?? server.fetch;
    this.#baseUrl = options.baseUrl ?? server.baseUrl;
  }

  /** Sends a request; a body other than a string is sent as JSON. */
  ask(
    method: string,
    path: string,
    body?: unknown,
    init: RequestInit = {},
  ): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set("authorization", `Bearer ${this.session.accessToken}`);
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return this.#fetch(`${this.#baseUrl}/api${path}`, {
      ...init,
      method,
      headers,
      ...(text === undefined ? {} : { body: text }),
    });
  }

  /** Requests a stream that may fail. */
  open(types: string[], init: RequestInit = {}): Promise<Response> {
    return this.ask("POST", "/sync/stream", { types }, init);
  }

  /** Reads a stream to its end. */
  async stream(types: string[], options: object = {}): Promise<Line[]> {
    const body = { types, ...options };
    const answer = await this.ask("POST", "/sync/stream", body);
    const { text, end } = await readBody(answer, 5000);
    if (answer.ok && end === "ended") return toLines(text);
    throw new Error(`The stream ${end}, ${answer.status} ${text}`);
  }

  /** Sends acks unchanged, in one request. */
  async ack(...acks: string[]): Promise<number> {
    const answer = await this.ask("POST", "/sync/ack", { acks });
    await answer.body?.cancel();
    return answer.status;
  }

  /** Reads a stream to its end, and acknowledges it as the protocol requires. */
  async sync(types: string[]): Promise<Line[]> {
    const lines = await this.stream(types);
    await this.acknowledge(lines);
    return lines;
  }

  /** Acknowledges lines as the protocol requires. */
  async acknowledge(lines: Line[]): Promise<void> {
    for (const acks of planAcks(lines.map(({ ack }) => ack))) {
      const status = await this.ack(...acks);
      if (status !== 204) throw new Error(`${status} ${acks}`);
    }
  }

  /** Reads the checkpoints: type → ack. */
  async checkpoints(): Promise<Record<string, string>> {
    const answer = await this.ask("GET", "/sync/ack");
    const list: { type: string; ack: string }[] = await answer.json();
    return Object.fromEntries(list.map(({ type, ack }) => [type, ack]));
  }
}

/** Returns one version of each request type supported by a server version. */
export function allTypes(version: ServerVersion): string[] {
  return supportedSyncTypes(version);
}

/** Parses the complete lines in a string. */
export function toLines(text: string): Line[] {
  return text.split("\n").filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

/** Returns the type of each line, in order. */
export function typesOf(lines: Line[]): string[] {
  return lines.map(({ type }) => type);
}

/** Reads a body until it ends, fails or stalls for a moment. */
export async function readBody(
  answer: Response,
  silenceMs = 30,
): Promise<{ text: string; end: "ended" | "broken" | "silent" }> {
  const reader = answer.body!.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const silence = new Promise<"silent">((resolve) => {
      timer = setTimeout(() => resolve("silent"), silenceMs);
    });
    const next = reader.read().catch(() => "broken" as const);
    const read = await Promise.race([next, silence]);
    clearTimeout(timer);
    if (typeof read === "string") {
      await reader.cancel().catch(() => {});
      return { text, end: read };
    }
    if (read.done) return { text, end: "ended" };
    text += decoder.decode(read.value, { stream: true });
  }
}
