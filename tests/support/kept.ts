/** A store in memory, and the sessions on a fake server. */
import { request, type SessionStore } from "../../mod.ts";
import type { FakeImmich } from "../../src/testing/mod.ts";

/** A store in memory, whose text tests can read and change. */
export interface MemoryStore extends SessionStore {
  text: string | undefined;
  /** The calls so far. */
  calls: ("get" | "set" | "delete")[];
}

/** Creates a store in memory. */
export function memoryStore(text?: string): MemoryStore {
  return {
    text,
    calls: [],
    get() {
      this.calls.push("get");
      return this.text;
    },
    set(text) {
      this.calls.push("set");
      this.text = text;
    },
    delete() {
      this.calls.push("delete");
      this.text = undefined;
    },
  };
}

/** Returns the ids of the user's sessions on a server, newest first. */
export async function sessionIds(server: FakeImmich): Promise<string[]> {
  const own = server.createSession();
  const { fetch } = server;
  const response = await request(own, "/sessions", { fetch });
  const sessions: { id: string; current: boolean }[] = await response.json();
  server.endSession(own);
  return sessions.filter(({ current }) => !current).map(({ id }) => id);
}
