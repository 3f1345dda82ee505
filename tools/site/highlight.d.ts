/**
 * The part of highlight.js that the site uses. Its own declarations include
 * `lib.dom`, which would replace Deno's types in all code (2026-11).
 *
 * @module
 */
declare const highlight: {
  /** Returns whether a language is supported. */
  getLanguage(name: string): object | undefined;
  /** Returns the HTML of highlighted code. */
  highlight(code: string, options: { language: string }): { value: string };
};
export default highlight;
