/** How the photos app counts sign-ins, and how long it remembers a used context. */
import { assertEquals } from "@std/assert";
import { bundle } from "../../support/bundle.ts";
import { ROOT } from "../../support/sources.ts";
import { test } from "../../support/test.ts";
import { type FakeStorage, Scene } from "./fake_storage.ts";

type Module = typeof import("../../../examples/photos/src/sign_ins.ts");

/** Loads the class outside Cloudflare's runtime, where its base class is missing. */
async function loadClass(): Promise<Module["SignIns"]> {
  const entry = new URL("examples/photos/src/sign_ins.ts", ROOT).pathname;
  const script = await bundle(entry, "--external=cloudflare:workers");
  const base =
    "data:text/javascript,export class DurableObject{constructor(c){this.ctx=c}}";
  const alone = script.replace("cloudflare:workers", base);
  const url = `data:text/javascript,${encodeURIComponent(alone)}`;
  const { SignIns } = await import(url) as Module;
  return SignIns;
}

/** Creates the object with a storage. */
async function create(storage: FakeStorage) {
  const SignIns = await loadClass();
  const ctx = { storage } as unknown as DurableObjectState;
  return new SignIns(ctx, {} as ConstructorParameters<typeof SignIns>[1]);
}

test("30 sign-ins a minute can begin, and 30 others can be finished", async () => {
  await using it = new Scene();
  const signIns = await create(it.storage);
  for (let i = 0; i < 30; i++) {
    assertEquals(await signIns.begin(), true);
    assertEquals(await signIns.finish(`${i}`), "accepted");
  }
  assertEquals(await signIns.begin(), false);
  assertEquals(await signIns.finish("one more"), "too many");
  assertEquals(await signIns.finish("0"), "used");
  it.now += 60_000;
  assertEquals(await signIns.begin(), true);
  // A refused callback has not used up its context.
  assertEquals(await signIns.finish("one more"), "accepted");
});

test("a used context is remembered while it is valid, and then forgotten", async () => {
  await using it = new Scene();
  const signIns = await create(it.storage);
  assertEquals(await signIns.finish("first"), "accepted");
  it.now += 10 * 60_000;
  for (const answer of ["used", "used"] as const) {
    assertEquals(await signIns.finish("first"), answer);
  }
  it.now += 1;
  assertEquals(await signIns.finish("second"), "accepted");
  const used = [...it.storage.values.keys()].filter((key) =>
    key.startsWith("used:")
  );
  assertEquals(used, ["used:second"]);
});
