/** Splits text into lines, at `\n` and `\r\n`. */
export declare class TextLineStream extends TransformStream<string, string> {
  constructor(options?: { allowCR?: boolean });
}
