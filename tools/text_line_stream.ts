/** The part of `@std/streams` that the npm package includes. */
export { TextLineStream } from "@std/streams/text-line-stream";
