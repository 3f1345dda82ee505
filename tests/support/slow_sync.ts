/** Syncs into a store that is slower than the server; prints the number of rows and the peak memory. */
import { peakBytes } from "../../bench/usage.ts";
import { sync } from "../../mod.ts";

/** Longer than it takes to read a batch, so that the server must wait for the store. */
const BATCH_MS = 4;

const [baseUrl = ""] = Deno.args;
const session = { baseUrl, accessToken: "token" };
const { counts, streams } = await sync(session, ["UsersV1"], {
  process: () => new Promise((resolve) => setTimeout(resolve, BATCH_MS)),
  reset() {},
}, { serverVersion: { major: 3, minor: 1, patch: 0 } });
const peak = peakBytes();
console.log(JSON.stringify({ stored: counts.UserDeleteV1, streams, peak }));
