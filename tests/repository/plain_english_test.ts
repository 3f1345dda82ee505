/**
 * Documents and comments are written in plain English. The test finds phrases
 * that are nearly always wrong here, and suggests better ones.
 */
import { assertEquals } from "@std/assert";
import { filesBelow } from "../../tools/files.ts";
import { ROOT } from "../support/sources.ts";
import { test } from "../support/test.ts";

/** Folders whose TypeScript is checked. */
const FOLDERS = ["src", "tools", "bench", "tests", "examples"];

/** Folders whose Markdown is checked, in addition to the root. */
const DOCUMENT_FOLDERS = ["docs", "bench", "examples", "tests"];

/** A phrase → what to write instead. */
const PATTERNS: Record<string, string> = {
  "whoever": "anyone who, any object that",
  "whatever": "any, however, regardless of",
  "anew": "again",
  "such as it is": "unchanged",
  "told of": "called for, notified of",
  "is told": "is called, receives",
  "are told": "are called, receive",
  "to be told": "to be reported",
  "was told": "was called, received",
  "tells how": "reports",
  "tells of": "reports",
  "tell of": "report",
  "gives how many": "returns how many",
  "gives what": "returns what",
  "is no": "is not a",
  "are no": "are not",
  "was no": "was not a",
  "know no": "do not have, do not support",
  "knows no": "does not have, does not support",
  "let no": "do not allow",
  "lets no": "does not allow",
  "as good as": "equivalent, almost",
  "has come to its end": "has ended",
  "came of": "resulted from",
  "come of": "resulted from",
  "comes of": "results from",
  "goes on": "continues",
  "go on": "continue",
  "went on": "continued",
  "broken off": "interrupted",
  "breaks off": "is interrupted",
  "broke off": "was interrupted",
  "is cut": "is interrupted",
  "was cut": "was interrupted",
  "a cut": "an interruption",
  "cut off": "interrupted",
  "let go": "released",
  "strikes": "affects, applies to",
  "struck": "affected",
  "tries again": "retries",
  "trying again": "retrying",
  "another try": "a retry",
  "hung on": "depended on",
  "in the place of": "instead of",
  "in the hands of": "controlled by",
  "in its hands": "under its control",
  "in its midst": "in the middle",
  "by the script": "scripted",
  "by the rules": "according to the rules",
  "to who": "to anyone who",
  "from where on": "from which position",
  "for all that": "even so",
  "that is none": "that is not one",
  "of what is none": "of anything else",
  "held against": "compared with",
  "to dispose of it": "disposing of it",
  "floors": "layers",
  "film": "video",
  "films": "videos",
  "full pass": "full sync",
  "full passes": "full syncs",
  "is over": "has ended",
  "brought forward": "migrated",
  "brings forward": "migrates",
  "were due": "were expected",
  "was due": "was expected",
  "for those who": "if you",
  "that very": "the same",
  "this very": "this",
  "in its order": "in order",
  "in their order": "in order",
  "one's own": "your own",
  "of yours": "your own",
  "be they": "whether they are",
  "be it": "whether it is",
  "stand in": "are in",
  "stands in": "is in",
  "comes along": "is included",
  "gets along": "works",
  "get along": "work",
  ", but for": "except for",
  "may be but": "may only be",
  "what must not be": "inconsistencies",
  "who was killed": "a crashed run",
  "as late as": "at the latest",
  "is whole": "is complete",
  "are whole": "are complete",
  "whole lines": "complete lines",
  "whole events": "complete events",
  "ends equal to": "equals",
  "never rests": "never stops changing",
  "at rest": "not changing",
  "fall silent": "stall, send nothing",
  "falls silent": "stalls, sends nothing",
  "an answer": "a response",
  "its answer": "its response",
  "no answer": "no response",
  "the answer": "the response",
  "is answered": "gets a response",
  "brings only": "contains only, fetches only",
  "brought": "contained, fetched",
  "comes only with": "is sent only in",
  "leads elsewhere": "leads outside, leads to another server",
  "lead elsewhere": "lead outside, lead to another server",
  "that breaks": "that is interrupted, that fails",
  "nothing listens": "nothing is listening",
  "outside of": "outside",
  "in place of": "instead of",
  "misspelt": "misspelled",
  "cancelled": "canceled",
  "cancelling": "canceling",
  "behaviour": "behavior",
  "licence": "license",
  "towards": "toward",
};

/** Phrases in which a pattern is correct. */
const ALLOWED = [
  "there is no",
  "there are no",
  "is no longer",
  "are no longer",
  "is no more than",
  "are no more than",
  "is no need",
  "is no reason",
  "are no faster",
  "go on every",
  "stand in for",
  "stands in for",
];

function toRegExp(phrases: readonly string[]): RegExp {
  const sources = phrases.map((phrase) => {
    const source = phrase.replaceAll(/[.*+?^$()[\]{}|\\]/g, "\\$&")
      .replaceAll(" ", "\\s+");
    return `${/^\w/.test(phrase) ? "\\b" : ""}${source}\\b`;
  });
  return new RegExp(sources.join("|"), "gi");
}

const pattern = toRegExp(Object.keys(PATTERNS));
const allowed = toRegExp(ALLOWED);

/**
 * Replaces everything except prose with spaces, so that the positions stay the
 * same.
 */
function toProse(text: string): string {
  const blank = (part: string) => part.replaceAll(/[^\n]/g, " ");
  return text
    .replaceAll(/^[ \t]*(?:\/\*\*?|\*\/|\*|\/\/)/gm, blank)
    // Test names quoted in the specifications.
    .replaceAll(/^ *- "[^"]+"$/gm, blank);
}

function sentenceAt(prose: string, index: number): string {
  const before = prose.slice(0, index).split(/[.:;!?|]\s|\n\s*\n/).at(-1) ?? "";
  const after = prose.slice(index).split(/(?<=[.:;!?])\s|\||\n\s*\n/)[0] ?? "";
  return (before + after).replaceAll(/\s+/g, " ").trim();
}

/**
 * Finds the patterns in a string. For each one, reports its position, its
 * sentence and a better wording.
 */
function findPatterns(path: string, text: string): string[] {
  const prose = toProse(text);
  const spans = Array.from(prose.matchAll(allowed), ({ index, 0: match }) => ({
    from: index,
    to: index + match.length,
  }));
  const found: string[] = [];
  for (const { index, 0: match } of prose.matchAll(pattern)) {
    const end = index + match.length;
    if (spans.some(({ from, to }) => from <= index && end <= to)) continue;
    const line = prose.slice(0, index).split("\n").length;
    const phrase = match.replaceAll(/\s+/g, " ").toLowerCase();
    found.push(
      `${path}:${line}: "${phrase}" (better: ${PATTERNS[phrase]}) in: ${
        sentenceAt(prose, index)
      }`,
    );
  }
  return found;
}

/** Returns the files to check. */
async function checkedFiles(): Promise<string[]> {
  const root: string[] = [];
  for await (const { name } of Deno.readDir(ROOT)) root.push(name);
  const documents = await Promise.all(DOCUMENT_FOLDERS.map(filesBelow));
  const sources = await Promise.all(FOLDERS.map(filesBelow));
  return [
    "mod.ts",
    ...[...root, ...documents.flat()].filter((path) => path.endsWith(".md")),
    ...sources.flat().filter((path) => /\.tsx?$/.test(path)),
  ].filter((path) =>
    !path.includes("node_modules/") &&
    !path.endsWith("/plain_english_test.ts")
  );
}

test("documents and comments avoid phrases that are not plain English", async () => {
  const found: string[] = [];
  for (const path of await checkedFiles()) {
    const text = await Deno.readTextFile(new URL(path, ROOT));
    found.push(...findPatterns(path, text));
  }
  assertEquals(found, [], found.join("\n"));
});

test("a phrase to avoid is found across comment lines and reported in its sentence", () => {
  const text = "/**\n * It runs. Told\n * of each line. It ends.\n */\n";
  assertEquals(findPatterns("a.ts", text), [
    'a.ts:2: "told of" (better: called for, notified of) in: Told of each line.',
  ]);
});

test("allowed phrases, quoted test names and parts of words are not reported", () => {
  const text =
    'It is no longer so.\nThere is no file.\n\n- "a stream is no\n  event"\n\nA filmmaker.\n';
  assertEquals(findPatterns("a.md", text), []);
});
