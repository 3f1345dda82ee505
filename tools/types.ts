/**
 * Writes `docs/TYPES.md`, the list of request types, from the tables and
 * comments in `src/protocol`.
 *
 *     deno task types
 *
 * @module
 */
import { SYNC_REQUESTS, type SyncRequestType } from "../src/protocol/mod.ts";
import { ROOT } from "./files.ts";
import { readTask } from "./task_options.ts";

const PAGE = new URL("docs/TYPES.md", ROOT);

const INTRODUCTION = `# Request types

A sync requests data by _request type_. For each request type, the server sends
events of one or more _entity types_. Request the newest version of each type:
\`sync\` and mirrors replace it with the version that the server supports, and
leave out types that the server does not support. With a 2.x server, for
example, \`AssetsV2\` yields \`AssetV1\` events.

`;

/** What an application may show → the request types that it needs. */
const USES: Record<string, SyncRequestType[]> = {
  "the timeline": ["AssetsV2", "StacksV1"],
  "cameras, places and ratings": ["AssetsV2", "AssetExifsV1"],
  "albums": [
    "AlbumsV2",
    "AlbumUsersV1",
    "AlbumToAssetsV1",
    "AlbumAssetsV2",
    "AlbumAssetExifsV1",
  ],
  "partners' photos": [
    "UsersV1",
    "PartnersV1",
    "PartnerAssetsV2",
    "PartnerAssetExifsV1",
    "PartnerStacksV1",
  ],
  "people": ["AssetsV2", "PeopleV1", "AssetFacesV2"],
};

const REQUESTS = `
A mirror requests all types that the server supports, unless you pass \`types\`.

Do not request two versions of the same type, because each row would be sent
twice. The server sends types in the order of this list, regardless of the order
in the request.

`;

const EVENTS = `
## Events

The \`data\` column names the TypeScript type of an event's \`data\`; the type's
documentation lists the fields. A backfill event contains an older row that has
become visible, for example because an album has been newly shared.

`;

/** Entity or request type → its description and the name of its data type. */
type Entries = Map<string, { text: string; value: string }>;

/** Creates the page. */
export async function typesPage(): Promise<string> {
  const requests = await entriesOf("requests.ts");
  const events = await entriesOf("events.ts");
  const names = Object.keys(SYNC_REQUESTS) as SyncRequestType[];
  const askedBy = new Map<string, SyncRequestType[]>();
  for (const name of names) {
    for (const entity of SYNC_REQUESTS[name].entities) {
      askedBy.set(entity, [...askedBy.get(entity) ?? [], name]);
    }
  }
  return INTRODUCTION +
    table(
      ["to show", "request"],
      Object.entries(USES).map(([use, types]) => [use, list(types)]),
    ) + REQUESTS +
    table(
      ["request type", "contents", "since", "removed in", "replaced by"],
      names.map((name) => {
        const { since, retired } = SYNC_REQUESTS[name];
        const { text } = entry(requests, name);
        const [contents = ""] = text.split(/ (?:Added|Expected) in /);
        const isExpected = text.includes("not released yet");
        return [
          code(name),
          contents,
          since + (isExpected ? " (not released yet)" : ""),
          retired ?? "",
          code(successor(names, name)),
        ];
      }),
    ) + EVENTS +
    table(
      ["event", "meaning", "`data`", "requested with"],
      [...events].map(([name, { text, value }]) => [
        code(name),
        text,
        value.startsWith("Record<") ? "empty" : code(value),
        list(askedBy.get(name) ?? []) || "any type",
      ]),
    );
}

/** Reads the commented properties of a file in `src/protocol`. */
async function entriesOf(file: string): Promise<Entries> {
  const source = await Deno.readTextFile(new URL(`src/protocol/${file}`, ROOT));
  const properties = source.matchAll(
    /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s+(\w+V\d+):\s+([^;]+);/g,
  );
  return new Map(Array.from(properties, ([, comment, name, value]) => {
    const text = comment!.replaceAll(/\s+\*?\s*/g, " ").trim();
    return [name!, { text, value: value! }];
  }));
}

function entry(entries: Entries, name: string) {
  const found = entries.get(name);
  if (found !== undefined) return found;
  throw new Error(`Cannot describe "${name}": it has no comment`);
}

/** Returns the next version of a request type, or "" for the newest. */
function successor(
  names: readonly SyncRequestType[],
  name: SyncRequestType,
): string {
  const next = name.replace(/\d+$/, (version) => `${Number(version) + 1}`);
  return names.find((other) => other === next) ?? "";
}

function code(name: string): string {
  return name === "" ? "" : `\`${name}\``;
}

function list(names: readonly string[]): string {
  return names.map(code).join(", ");
}

/** Creates a table with columns aligned as by `deno fmt`. */
function table(heading: string[], rows: string[][]): string {
  const widths = heading.map((_, i) =>
    Math.max(3, ...[heading, ...rows].map((cells) => cells[i]!.length))
  );
  const line = (cells: string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |\n`;
  const rule = widths.map((width) => "-".repeat(width));
  return [heading, rule, ...rows].map(line).join("");
}

if (import.meta.main) {
  readTask({ task: "types", options: {} });
  await Deno.writeTextFile(PAGE, await typesPage());
}
