import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  follow,
  IDLE,
  type RunEvent,
  type RunKind,
  type RunState,
  TRANSITIONS,
} from "../../src/sync/state.ts";
import { assertProperty } from "../support/property.ts";
import { test } from "../support/test.ts";

const KINDS = Object.keys(TRANSITIONS) as RunKind[];
const EVENTS = Object.keys(TRANSITIONS.idle) as RunEvent[];

/** Every step that can be taken, one line each: a change of the table is a change here. */
const STEPS = `
idle + open → streaming
idle + reset → reset
idle + cut → cut
idle + fail → failed
streaming + open → streaming
streaming + progress → streaming
streaming + complete → complete
streaming + reset → reset
streaming + cut → cut
streaming + pause → cut
streaming + fail → failed
reset + open → streaming
reset + cut → cut
reset + fail → failed
cut + open → streaming
cut + progress → cut
cut + complete → complete
cut + reset → reset
cut + cut → cut
cut + fail → failed
`.trim().split("\n");

test("these steps can be taken, and no others", () => {
  const steps = KINDS.flatMap((kind) =>
    EVENTS.filter((event) => TRANSITIONS[kind][event] !== null)
      .map((event) => `${kind} + ${event} → ${TRANSITIONS[kind][event]}`)
  );
  assertEquals(steps.sort(), [...STEPS].sort());
});

test("every state can be reached, and from each one can come to an end", () => {
  const reach = (from: RunKind): Set<RunKind> => {
    const reached = new Set([from]);
    for (const kind of reached) {
      for (const next of Object.values(TRANSITIONS[kind])) {
        if (next) reached.add(next);
      }
    }
    return reached;
  };
  assertEquals([...reach("idle")].sort(), [...KINDS].sort());
  for (const kind of KINDS) {
    const ends = reach(kind);
    assert(ends.has("complete") || ends.has("failed"), kind);
  }
});

test("nothing follows an end", () => {
  for (const kind of ["complete", "failed"] as const) {
    for (const event of EVENTS) {
      assertThrows(
        () => follow({ ...IDLE, kind }, event),
        Error,
        "Cannot follow",
      );
    }
  }
});

test("a state is never changed, only followed", () => {
  const state = Object.freeze({ ...IDLE });
  assertEquals(follow(state, "open"), {
    ...IDLE,
    kind: "streaming",
    attempts: 1,
  });
  assertEquals(state, IDLE);
});

test("whatever happens, the counters count what they say", () => {
  assertProperty(
    fc.property(fc.array(fc.constantFrom(...EVENTS)), (events) => {
      let state: RunState = IDLE;
      const taken: RunEvent[] = [];
      for (const event of events) {
        if (TRANSITIONS[state.kind][event] === null) continue;
        state = follow(state, event);
        taken.push(event);
      }
      const count = (event: RunEvent, list = taken) =>
        list.filter((e) => e === event).length;
      assertEquals(state.attempts, count("open"));
      assertEquals(state.resets, count("reset"));
      const since = taken.slice(taken.lastIndexOf("progress") + 1);
      assertEquals(state.failures, count("cut", since));
    }),
  );
});
