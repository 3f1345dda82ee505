/**
 * Damages the bytes of a response body.
 *
 * @module
 */
import { fromBody, type Piece, type Source, toBody } from "./body.ts";
import {
  type Fault,
  faultOf,
  type StallFault,
  type TruncateFault,
} from "./faults.ts";

const LF = 0x0a;

/** Applies the faults that truncate, stall or split a response body. */
export function damage(
  response: Response,
  faults: readonly Fault[],
  signal: AbortSignal | undefined,
): Response {
  const stop = faultOf(faults, "truncate") ?? faultOf(faults, "stall");
  const isSplit = faultOf(faults, "split") !== undefined;
  if (response.body === null || stop === undefined && !isSplit) return response;
  const headers = new Headers(response.headers);
  headers.delete("content-length");
  let source = fromBody(response.body);
  if (stop !== undefined) {
    const inLines = !headers.has("content-encoding");
    source = stopped(source, stop, inLines);
  }
  if (isSplit) source = split(source);
  const { status } = response;
  return new Response(toBody(source, { signal }), { status, headers });
}

/** Returns how the body continues at a fault's position. */
function stopAs(fault: TruncateFault | StallFault): Piece {
  if (fault.type === "stall") return "stall";
  return fault.clean === true ? "end" : "break";
}

function stopped(
  source: Source,
  fault: TruncateFault | StallFault,
  inLines: boolean,
): Source {
  const end = stopAs(fault);
  let left = fault.atByte;
  // Holds back the line that may be the last: if the body ends before the fault's
  // position, the last line is lost.
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

function split(source: Source): Source {
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

/** Returns where the last line begins, whether or not it is complete. */
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
