/**
 * What happens to the bytes of an answer on the way.
 *
 * @module
 */
import { fromBody, type Piece, type Source, toBody } from "./body.ts";
import {
  type CutFault,
  type Fault,
  faultOf,
  type StallFault,
} from "./faults.ts";

const LF = 0x0a;

/** The answer with what cuts, stops and drips in its body. */
export function damage(
  answer: Response,
  faults: readonly Fault[],
  signal: AbortSignal | undefined,
): Response {
  const stop = faultOf(faults, "cut") ?? faultOf(faults, "stall");
  const drips = faultOf(faults, "drip") !== undefined;
  if (answer.body === null || stop === undefined && !drips) return answer;
  const headers = new Headers(answer.headers);
  headers.delete("content-length");
  let source = fromBody(answer.body);
  if (stop !== undefined) {
    const inLines = !headers.has("content-encoding");
    source = stopped(source, stop, inLines);
  }
  if (drips) source = dripping(source);
  const { status } = answer;
  return new Response(toBody(source, { signal }), { status, headers });
}

/** How a body goes on at the place where a fault strikes. */
function stopAs(fault: CutFault | StallFault): Piece {
  if (fault.kind === "stall") return "stall";
  return fault.clean === true ? "end" : "break";
}

function stopped(
  source: Source,
  fault: CutFault | StallFault,
  inLines: boolean,
): Source {
  const end = stopAs(fault);
  let left = fault.atByte;
  // Whatever may turn out to be the last line is held back: it is lost with the
  // body's end, if that comes before the place of the fault.
  let held = new Uint8Array();
  async function read(): Promise<Piece> {
    if (left <= 0) {
      if (end !== "stall") await source.cancel();
      return end;
    }
    const piece = await source.read();
    if (typeof piece === "string") return piece === "stall" ? piece : end;
    const bytes = join(held, piece);
    const ready = bytes.length >= left
      ? left
      : inLines
      ? lastLineOf(bytes)
      : bytes.length - 1;
    held = bytes.slice(ready);
    left -= ready;
    return ready === 0 ? await read() : bytes.slice(0, ready);
  }
  return { read, cancel: () => source.cancel() };
}

function dripping(source: Source): Source {
  let rest = new Uint8Array();
  return {
    async read() {
      while (rest.length === 0) {
        const piece = await source.read();
        if (typeof piece === "string") return piece;
        rest = piece;
      }
      const first = rest.slice(0, 1);
      rest = rest.subarray(1);
      return first;
    },
    cancel: () => source.cancel(),
  };
}

/** Where the last line of a text begins, whole or not. */
function lastLineOf(bytes: Uint8Array): number {
  return bytes.lastIndexOf(LF, bytes.length - 2) + 1;
}

function join(
  a: Uint8Array<ArrayBuffer>,
  b: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  if (a.length === 0) return b;
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
