/**
 * Sends recorded requests to the fake, and compares its responses with the
 * recorded ones.
 */
import { assert, assertEquals } from "@std/assert";
import type { FakeImmich } from "../../src/testing/mod.ts";
import { linesOf, textOf, type Transcript } from "../support/transcripts.ts";

interface Event {
  type: string;
  data: Record<string, unknown>;
  ack: string;
}

/** Replays a recorded session. */
export class Replay {
  readonly #server: FakeImmich;
  readonly #token: string;
  /** Recorded position → the fake's position for the same change. */
  readonly #positions = new Map<string, string>();

  constructor(server: FakeImmich) {
    this.#server = server;
    this.#token = server.createSession().accessToken;
  }

  /** Sends a recorded request whose acks contain the fake's positions. */
  async ask({ request, name, response }: Transcript): Promise<string> {
    const { method, path, body } = request;
    const answer = await this.send(method, path, body && this.#translate(body));
    const text = await answer.text();
    assertEquals(answer.status, response.status, name);
    return text;
  }

  /** Sends a request that was not recorded. */
  async send(
    method: string,
    path: string,
    body?: string,
  ): Promise<Response> {
    return await this.#server.fetch(`https://immich.test${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}` },
      ...(body === undefined ? {} : { body }),
    });
  }

  /** Requests a stream, and compares each event with the recorded one. */
  async stream(exchange: Transcript): Promise<void> {
    const text = await this.ask(exchange);
    const { name } = exchange;
    const ours = toEvents(text);
    const recorded = linesOf(exchange) as Event[];
    const brief = ({ type, data }: Event) => `${type} ${JSON.stringify(data)}`;
    assertEquals(
      inGroups(recorded, ours).map(brief),
      inGroups(recorded).map(brief),
      name,
    );
    // Only an ack's position matters, not its row.
    for (const [index, event] of recorded.entries()) {
      this.#match(event.ack, ours[index]!.ack, name);
    }
  }

  /** Requests the checkpoints, and compares them as a set. */
  async checkpoints(exchange: Transcript): Promise<void> {
    const ours: Checkpoint[] = JSON.parse(await this.ask(exchange));
    const recorded: Checkpoint[] = JSON.parse(textOf(exchange));
    this.#matchAll(recorded, ours, exchange.name);
  }

  /** Compares the acks recorded for a complete stream with the fake's. */
  matchAcks({ request, name }: Transcript, text: string): void {
    const { acks } = JSON.parse(request.body!) as { acks: string[] };
    const newest = new Map<string, string>();
    for (const { ack } of toEvents(text)) newest.set(typeOf(ack), ack);
    const list = [...newest].map(([type, ack]) => ({ type, ack }));
    const recorded = acks.map((ack) => ({ type: typeOf(ack), ack }));
    this.#matchAll(recorded, list, name);
  }

  #matchAll(recorded: Checkpoint[], ours: Checkpoint[], name: string): void {
    const types = (list: Checkpoint[]) => list.map(({ type }) => type).sort();
    assertEquals(types(ours), types(recorded), name);
    for (const { type, ack } of recorded) {
      const own = ours.find((checkpoint) => checkpoint.type === type)!;
      this.#match(ack, own.ack, name);
    }
  }

  /**
   * Checks that each recorded position always maps to the same position on the
   * fake.
   */
  #match(recorded: string, own: string, name: string): void {
    const ownParts = own.split("|");
    const parts = recorded.split("|");
    assertEquals(ownParts.length, parts.length, `${name}: ${recorded} ${own}`);
    for (const [index, part] of parts.entries()) {
      const ownPart = ownParts[index]!;
      if (!isPosition(part)) assertEquals(ownPart, part, name);
      const known = this.#positions.get(part);
      assert(known === undefined || known === ownPart, `${name}: ${recorded}`);
      this.#positions.set(part, ownPart);
    }
  }

  #translate(text: string): string {
    return text.replace(POSITION, (id) => this.#positions.get(id) ?? id);
  }
}

interface Checkpoint {
  type: string;
  ack: string;
}

const POSITION =
  /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g;

function isPosition(text: string): boolean {
  return text.replace(POSITION, "") === "";
}

function typeOf(ack: string): string {
  return ack.split("|")[0]!;
}

function toEvents(text: string): Event[] {
  return text.split("\n").filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

/**
 * Returns the events without the run's timestamps. Rows that changed within the
 * same millisecond are sorted, because a real server sends them in random
 * order.
 */
function inGroups(recorded: Event[], events: Event[] = recorded): Event[] {
  const clean = events.map((event) => ({ ...event, data: untimed(event) }));
  let start = 0;
  while (start < recorded.length) {
    const group = groupOf(recorded[start]!);
    let end = start + 1;
    while (end < recorded.length && groupOf(recorded[end]!) === group) end++;
    const sorted = clean.slice(start, end).sort((a, b) =>
      JSON.stringify(a.data) < JSON.stringify(b.data) ? -1 : 1
    );
    clean.splice(start, sorted.length, ...sorted);
    start = end;
  }
  return clean;
}

function groupOf({ type, ack }: Event): string {
  return `${type} ${ack.split("|").at(-1)!.slice(0, 13)}`;
}

function untimed({ type, data }: Event): Record<string, unknown> {
  const entries = Object.entries(data).map(([name, value]) => {
    const ofRun = name === "updatedAt" || name === "deletedAt" ||
      type === "AssetOcrDeleteV1" && name === "id";
    return [name, ofRun && value !== null ? "of the run" : value];
  });
  return Object.fromEntries(entries.sort());
}
