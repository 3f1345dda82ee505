/** What a real server's own database and pages held at a moment of a recording. */
import { readBytes } from "./files.ts";

/** A row as the database has it, in the columns of a mirror. */
export type TruthRow = Record<string, unknown>;

/** One such moment. */
export interface Truth {
  /** The user whose view it is. */
  userId: string;
  /** Table of a mirror → its rows. */
  tables: Record<string, TruthRow[]>;
  /** Ids of the assets that the server's timeline shows, sorted. */
  timeline: string[];
  /** The albums that the server's page of albums shows, with the number of their assets. */
  albums: { id: string; name: string; assets: number }[];
}

/** Reads one: `3.0.3/10-moving/009-truth-after-parents-changed`. */
export async function readTruth(path: string): Promise<Truth> {
  const bytes = await readBytes(`transcripts/${path}.json`);
  return JSON.parse(new TextDecoder().decode(bytes));
}

/** Whether a recorded file is one. */
export function isTruth(name: string): boolean {
  return name.includes("-truth-");
}
