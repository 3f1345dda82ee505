/**
 * The migrations from each version of the schema to the next.
 *
 * @module
 */
import type { SyncEntityType } from "../protocol/mod.ts";
import { VERSION_1 } from "./version_1.ts";

/** The step from one version of the schema to the next. */
export interface Migration {
  /** The statements, with placeholders; see {@linkcode ./names.ts}. */
  statements: readonly string[];
  /** The checkpoints whose rows must be sent again to fill a new column. */
  again?: readonly SyncEntityType[];
}

/** The migrations from an empty database to version 1, from 1 to 2, and so on. */
export const MIGRATIONS: readonly Migration[] = [{ statements: VERSION_1 }];
