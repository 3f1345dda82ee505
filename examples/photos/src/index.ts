/**
 * A photo library at the edge: signs in with Immich, keeps a copy of what it
 * knows, acknowledges it, and shows it.
 *
 * @module
 */
export { default } from "./app.tsx";
export { Library } from "./library.ts";
