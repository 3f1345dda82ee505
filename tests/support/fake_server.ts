/** A fake Immich as a test reaches it that stands on the other side of a socket. */
import type { Session } from "../../mod.ts";
import type { FakeImmich, Fault, SeenRequest } from "../../src/testing/mod.ts";

/** A fault that can be told another process: what it is meant for has a name. */
export type NamedFault = Fault & { on?: "stream" | "ack" | "any" };

/** What a test can do with a fake that it does not hold in its hands. */
export interface FakeControls {
  /** Begins a session of its user. */
  createSession(): Promise<Session>;
  /** Adds so many assets. */
  addAssets(count: number): Promise<void>;
  /** Lets something go wrong. */
  inject(...faults: [NamedFault, ...NamedFault[]]): Promise<void>;
  /** Makes the next stream of a session a reset. */
  requestReset(session: Session): Promise<void>;
  /** What has been asked for so far. */
  requests(): Promise<SeenRequest[]>;
  /** Streams whose body is neither read to its end nor cancelled. */
  openStreams(): Promise<number>;
  /** Signs in at the provider's page, as a person does in a browser: the callback URL. */
  visitProvider(url: string): Promise<string>;
}

/** A fake Immich on a loopback port. */
export interface FakeServer extends FakeControls, AsyncDisposable {
  baseUrl: string;
}

/** The controls of a fake that is served at an address. */
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
