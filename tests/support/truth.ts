/**
 * The content of a real server's database and pages at one moment in a
 * recording.
 */
import { readBytes } from "./files.ts";

/** A row of the server's database, with a mirror's column names. */
export type TruthRow = Record<string, unknown>;

/** The content at one moment. */
export interface Truth {
  /** The user who sees this content. */
  userId: string;
  /** Mirror table → its rows. */
  tables: Record<string, TruthRow[]>;
  /** Sorted ids of the assets in the server's timeline. */
  timeline: string[];
  /**
   * The albums on the server's album page, with the number of assets in each.
   */
  albums: { id: string; name: string; assets: number }[];
}

/**
 * Reads the content at one moment from a file such as
 * `3.0.3/10-moving/009-truth-after-parents-changed`.
 */
export async function readTruth(path: string): Promise<Truth> {
  const bytes = await readBytes(`transcripts/${path}.json`);
  return JSON.parse(new TextDecoder().decode(bytes));
}

/** Returns whether a recorded file contains a server's content. */
export function isTruth(name: string): boolean {
  return name.includes("-truth-");
}
