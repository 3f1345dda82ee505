/** The part of `@std/streams` included in the npm package. */
export { TextLineStream } from "@std/streams/text-line-stream";
