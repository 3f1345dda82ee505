/** Parses each string as JSON. */
export declare class JsonParseStream extends TransformStream<string, unknown> {
  constructor();
}
