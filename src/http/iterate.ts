/**
 * Iterates over a stream.
 *
 * @module
 */

/**
 * Iterates over a stream, and cancels it if the consumer leaves the loop.
 *
 * @param take Takes an item that has been neither read nor queued, if there is one.
 */
export function iterate<T>(
  reader: ReadableStreamDefaultReader<T>,
  take: () => IteratorResult<T, undefined>,
): AsyncIterableIterator<T, undefined> {
  /** Number of pending reads; their items precede those that `take` returns. */
  let reads = 0;
  let isOver = false;

  async function end(): Promise<IteratorReturnResult<undefined>> {
    isOver = true;
    // Does nothing after the end; after a failure, rejects with the same error.
    await reader.cancel().catch(() => {});
    reader.releaseLock();
    return { done: true, value: undefined };
  }

  async function read(): Promise<IteratorResult<T, undefined>> {
    reads++;
    try {
      const { done, value } = await reader.read();
      return done ? await end() : { done, value };
    } catch (error) {
      if (isOver) return { done: true, value: undefined };
      await end();
      throw error;
    } finally {
      reads--;
    }
  }

  return {
    next() {
      const item = reads > 0 || isOver ? undefined : take();
      return item === undefined || item.done ? read() : Promise.resolve(item);
    },
    return: end,
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
