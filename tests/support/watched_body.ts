/** Bodies under a watchdog. */
import { BodyReader } from "../../src/http/body.ts";
import { Watchdog, type WatchdogOptions } from "../../src/http/watchdog.ts";
import { LONG_MS } from "./timeouts.ts";

/** A body that is being read. */
export interface OpenBody {
  body: BodyReader;
  watchdog: Watchdog;
  isCanceled: () => boolean;
}

/** Creates a body controlled by the test, and reads it under a watchdog. */
export function openBody(
  source: UnderlyingDefaultSource<Uint8Array>,
  options: Partial<WatchdogOptions> & { onBytes?: (bytes: number) => void } =
    {},
): OpenBody {
  let canceled = false;
  const stream = new ReadableStream<Uint8Array>({
    ...source,
    cancel: () => {
      canceled = true;
    },
  }, { highWaterMark: 0 });
  const watchdog = new Watchdog("read it", {
    idleTimeoutMs: LONG_MS,
    ...options,
  });
  const body = new BodyReader(stream, watchdog, options.onBytes);
  return { body, watchdog, isCanceled: () => canceled };
}

/** Never yields anything. */
export const SILENT: UnderlyingDefaultSource<Uint8Array> = {};
