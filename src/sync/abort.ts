/**
 * Ends a wait when the caller aborts.
 *
 * @module
 */

/**
 * Settles like the given promise, or rejects with the signal's reason as soon as
 * the signal is aborted. After an abort, the promise is ignored.
 */
export function untilAbort<T>(
  value: T | Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  const promise = Promise.resolve(value);
  if (signal === undefined) return promise;
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort);
    promise.then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", abort));
  });
}
