/** Audits of libraries that change in any way meanwhile. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Fetch } from "../../mod.ts";
import type { MirrorAudit } from "../../src/mirror/mod.ts";
import type { FakeImmich } from "../../src/testing/mod.ts";
import { assertProperty } from "../support/property.ts";
import {
  ACTION_NAMES,
  perform,
  type UserAction,
} from "../support/user_actions.ts";
import { NOTHING, openAudited } from "./audit_fixture.ts";

const VERSIONS = [
  { major: 1, minor: 144, patch: 0 },
  { major: 2, minor: 7, patch: 5 },
  { major: 3, minor: 1, patch: 0 },
];

const actions: fc.Arbitrary<UserAction[]> = fc.array(
  fc.record({
    name: fc.constantFrom(...ACTION_NAMES),
    who: fc.nat(20),
    which: fc.nat(20),
    other: fc.nat(20),
  }),
  { maxLength: 12 },
);

/** Adds two users who share their assets with the first user. */
function addUsers({ library, user }: FakeImmich): string[] {
  const others = ["bob", "eve"].map((name) => {
    const { id } = library.addUser({ email: `${name}@immich.test` });
    library.as(id).addAsset();
    library.as(id).addPartner(user.id);
    return id;
  });
  return [user.id, ...others];
}

/**
 * Actions that take place after the given line of a stream. If `syncs` is set,
 * the actions take place before the stream and are followed by a sync of the
 * mirror.
 */
interface Moment {
  actions: UserAction[];
  afterLine: number;
  syncs: boolean;
}

const moments: fc.Arbitrary<Moment[]> = fc.array(
  fc.record({ actions, afterLine: fc.nat(40), syncs: fc.boolean() }),
  { minLength: 4, maxLength: 4 },
);

/** A `fetch` that calls a function before each stream, with the stream's index. */
export function beforeStreams(
  { fetch }: FakeImmich,
  work: (index: number) => unknown,
): Fetch {
  let index = 0;
  return async (url, init) => {
    if (url.endsWith("/sync/stream")) await work(index++);
    return await fetch(url, init);
  };
}

/** Asserts that an audit found nothing except pending differences. */
export function assertOk({ pending: _, ...audit }: MirrorAudit): void {
  assertEquals({ ...audit, pending: 0 }, NOTHING);
}

/**
 * Asserts that an audit finds no fault before, during and after random changes.
 */
export async function assertAuditsFindNoFault(numRuns: number): Promise<void> {
  await assertProperty(
    fc.asyncProperty(
      ...[fc.constantFrom(...VERSIONS), actions, actions, moments],
      async (version, before, unsynced, streams) => {
        const { server, sync, audit } = await openAudited({ version });
        const users = addUsers(server);
        const act = (steps: UserAction[]) => {
          for (const step of steps) perform(server, users, step);
        };
        act(before);
        await sync();
        await sync();
        act(unsynced);
        const fetch = beforeStreams(server, async (index) => {
          const moment = streams[index];
          if (moment === undefined) return;
          const { actions, afterLine, syncs } = moment;
          if (syncs) {
            act(actions);
            await sync();
          } else server.changeDuringStream({ afterLine }, () => act(actions));
        });
        assertOk(await audit({ fetch }));
        await sync();
        await sync();
        assertEquals(await audit(), NOTHING);
      },
    ),
    { numRuns },
  );
}
