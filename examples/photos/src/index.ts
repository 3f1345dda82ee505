/**
 * A photo library at the edge: signs in with Immich, keeps a copy of the library's
 * metadata up to date, and shows the copy.
 *
 * @module
 */
export { default } from "./app.tsx";
export { Library } from "./library.ts";
export { SignIns } from "./sign_ins.ts";
