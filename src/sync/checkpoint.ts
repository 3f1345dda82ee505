/**
 * Decides which acks to send, and in what order.
 *
 * @module
 */

/** The maximum number of acks in one request (measured on 2.7.5 and 3.1.0). */
export const MAX_ACKS_PER_REQUEST = 1000;

/** Returns an ack's checkpoint: the part before the first `|`. */
export function checkpointOf(ack: string): string {
  const end = ack.indexOf("|");
  return end === -1 ? ack : ack.slice(0, end);
}

/**
 * The newest ack for each checkpoint, in order of arrival. Some compatible
 * servers send acks without a checkpoint. Such acks are omitted, because a
 * server rejects any request that contains one.
 */
export class AckSet {
  readonly #acks = new Map<string, string>();
  /** The checkpoint of the newest ack; the next ack usually moves the same checkpoint. */
  #newest = "";

  /** Returns whether an ack is the newest for its checkpoint. */
  has(ack: string): boolean {
    return this.#acks.get(checkpointOf(ack)) === ack;
  }

  /** Adds an ack, which becomes the newest for its checkpoint. */
  add(ack: string): void {
    const checkpoint = checkpointOf(ack);
    if (checkpoint === "") return;
    // Moves the checkpoint to the end of the map.
    if (checkpoint !== this.#newest) this.#acks.delete(checkpoint);
    this.#newest = checkpoint;
    this.#acks.set(checkpoint, ack);
  }

  /** Adds acks in order. */
  addAll(acks: Iterable<string>): this {
    for (const ack of acks) this.add(ack);
    return this;
  }

  /** The acks, oldest first. */
  values(): Iterable<string> {
    return this.#acks.values();
  }
}

/**
 * Splits acks into requests:
 *
 * - only the newest ack for each checkpoint, because a server keeps only one;
 * - `SyncResetV1` alone, because a server ignores all other acks in the request;
 * - `SyncCompleteV1` last, because it confirms everything before it;
 * - at most {@linkcode MAX_ACKS_PER_REQUEST} acks each, and no empty request.
 *
 * @param acks Acks in order of arrival.
 */
export function planAcks(acks: Iterable<string>): string[][] {
  const newest = [...new AckSet().addAll(acks).values()];
  const isLast = (ack: string) => checkpointOf(ack) === "SyncCompleteV1";
  const isAlone = (ack: string) => checkpointOf(ack) === "SyncResetV1";
  newest.sort((a, b) => Number(isLast(a)) - Number(isLast(b)));
  const requests: string[][] = [];
  for (const ack of newest) {
    const request = requests.at(-1) ?? [];
    const fits = request.length > 0 && request.length < MAX_ACKS_PER_REQUEST &&
      !isAlone(ack) && !isAlone(request[0]!);
    if (fits) request.push(ack);
    else requests.push([ack]);
  }
  return requests;
}
