/**
 * The worker, for Cloudflare's runtime on this machine.
 *
 * @module
 */
import type { WorkerProgram } from "../../photos/local/workerd.ts";

/** The worker, as `wrangler.jsonc` describes it. */
export const PHOTO_LIST: WorkerProgram = {
  entry: new URL("../src/index.tsx", import.meta.url),
  durableObjects: { LIBRARIES: "Library" },
};
