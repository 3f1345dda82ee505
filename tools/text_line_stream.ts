/** What the npm package carries of `@std/streams`. */
export { TextLineStream } from "@std/streams/text-line-stream";
