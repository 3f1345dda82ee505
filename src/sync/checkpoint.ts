/**
 * Which acks to send, and in which order: pure functions over ack tokens.
 *
 * @module
 */

/** Most acks that a server takes in one request (measured on 2.7.5 and 3.1.0). */
export const MAX_ACKS_PER_REQUEST = 1000;

/** The checkpoint that an ack moves: the text before its first `|`. */
export function checkpointOf(ack: string): string {
  const end = ack.indexOf("|");
  return end === -1 ? ack : ack.slice(0, end);
}

/**
 * Turns acks, in order of arrival, into the requests that acknowledge them:
 *
 * - the newest of each checkpoint, as a server keeps only one;
 * - `SyncResetV1` alone, as a server drops all that comes with it;
 * - `SyncCompleteV1` last, as it says that everything else is done;
 * - at most {@linkcode MAX_ACKS_PER_REQUEST} each, and never none.
 *
 * Acks without a checkpoint, which compatible servers send, are left out: one of
 * them would make the server refuse the whole request.
 */
export function planAcks(acks: Iterable<string>): string[][] {
  const newest = new Map<string, string>();
  for (const ack of acks) {
    const checkpoint = checkpointOf(ack);
    if (checkpoint === "") continue;
    newest.delete(checkpoint); // A map keeps the first place, the order wants the last.
    newest.set(checkpoint, ack);
  }
  const complete = newest.get("SyncCompleteV1");
  newest.delete("SyncCompleteV1");

  const requests: string[][] = [];
  let request: string[] = [];
  const flush = () => {
    if (request.length > 0) requests.push(request);
    request = [];
  };
  const add = (ack: string) => {
    if (request.length === MAX_ACKS_PER_REQUEST) flush();
    request.push(ack);
  };
  for (const [checkpoint, ack] of newest) {
    const alone = checkpoint === "SyncResetV1";
    if (alone) flush();
    add(ack);
    if (alone) flush();
  }
  if (complete !== undefined) add(complete);
  flush();
  return requests;
}
