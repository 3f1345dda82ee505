/** Controls a fake server over a socket. */
import type { Session } from "../../mod.ts";
import type { FakeImmich, Fault, SeenRequest } from "../../src/testing/mod.ts";

/** A fault that can be sent to another process as JSON. */
export type NamedFault = Fault & { on?: "stream" | "ack" | "any" };

/** The controls for a fake server in another process. */
export interface FakeControls {
  /** Creates a session for the user. */
  createSession(): Promise<Session>;
  /** Adds the given number of assets. */
  addAssets(count: number): Promise<void>;
  /** Injects a fault. */
  inject(...faults: [NamedFault, ...NamedFault[]]): Promise<void>;
  /** Sends a reset with a session's next stream. */
  requestReset(session: Session): Promise<void>;
  /** Returns the requests so far. */
  requests(): Promise<SeenRequest[]>;
  /**
   * Returns the number of streams whose body has been neither read to its end
   * nor canceled.
   */
  openStreams(): Promise<number>;
  /**
   * Signs in at the provider as a browser would, and returns the callback URL.
   */
  visitProvider(url: string): Promise<string>;
}

/** A fake server on a loopback port. */
export interface FakeServer extends FakeControls, AsyncDisposable {
  baseUrl: string;
}

/** Creates the controls for a fake server at an address. */
export function toControls(fake: FakeImmich, baseUrl: string): FakeControls {
  return {
    createSession: () => Promise.resolve({ ...fake.createSession(), baseUrl }),
    addAssets(count) {
      for (let i = 0; i < count; i++) fake.library.addAsset();
      return Promise.resolve();
    },
    inject: (...faults) => Promise.resolve(fake.inject(...faults)),
    requestReset: (session) => Promise.resolve(fake.requestReset(session)),
    requests: () => Promise.resolve(fake.requests),
    openStreams: () => Promise.resolve(fake.openStreams),
    async visitProvider(url) {
      const answer = await fetch(url, { redirect: "manual" });
      await answer.body?.cancel();
      return answer.headers.get("location") ?? "";
    },
  };
}
