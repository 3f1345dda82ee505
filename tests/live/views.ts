/**
 * Reads what one user sees, once from the server's own endpoints and once from a
 * mirror, in the same form.
 */
import type { Mirror } from "@immich-edge/sync/mirror";
import type { Account, Asset } from "./account.ts";
import { orUndefined } from "./call.ts";

/** What a user sees; lists of ids are sorted. */
export interface View {
  /** Id → name. */
  users: Record<string, string>;
  /**
   * `from/to` → whether the assets are in the timeline. Soft-deleted users are
   * left out.
   */
  partners: Record<string, boolean>;
  /** Ids of the assets in the timeline. */
  timeline: string[];
  /** The user's own assets. */
  assets: Record<string, object>;
  albums: Record<string, object>;
  stacks: Record<string, object>;
  /** The memories that have assets in the timeline. */
  memories: Record<string, object>;
}

interface Album {
  id: string;
  albumName: string;
  description: string;
  /** Sent by servers up to 2.x. */
  ownerId?: string;
  albumUsers: { user: { id: string }; role: string }[];
}

interface Group {
  id: string;
  primaryAssetId?: string;
  isSaved?: boolean;
  assets: { id: string }[];
}

/**
 * Reads what a user sees from the server.
 *
 * @param ids The ids of all assets that the user has ever owned.
 */
export async function readServer(
  account: Account,
  ids: readonly string[],
): Promise<View> {
  const { id: me } = account;
  const users = await account.call<{ id: string; name: string }[]>(
    "GET",
    "/users",
  );
  const assets: View["assets"] = {};
  for (const id of ids) {
    const asset = await account.asset(id);
    if (asset !== undefined) assets[id] = await describe(account, asset);
  }
  const albums: View["albums"] = {};
  // On servers up to 2.x, the first list contains only the user's own albums.
  for (const path of ["/albums", "/albums?shared=true"]) {
    for (const album of await account.call<Album[]>("GET", path)) {
      albums[album.id] = {
        name: album.albumName,
        description: album.description,
        users: sorted([
          ...album.albumUsers.map(({ user, role }) => `${user.id} ${role}`),
          ...(album.ownerId === undefined ? [] : [`${album.ownerId} owner`]),
        ]),
        assets: await readTimeline(account, `albumId=${album.id}`),
      };
    }
  }
  const stacks = await account.call<Group[]>("GET", "/stacks");
  const memories = await account.call<Group[]>("GET", "/memories");
  return {
    users: Object.fromEntries(users.map(({ id, name }) => [id, name])),
    partners: {
      ...await readPartners(account, "shared-by", (id) => `${me}/${id}`),
      ...await readPartners(account, "shared-with", (id) => `${id}/${me}`),
    },
    timeline: await readTimeline(
      account,
      "visibility=timeline&withPartners=true&withStacked=true",
    ),
    assets,
    albums,
    stacks: toRecord(stacks, ({ primaryAssetId, assets }) => ({
      primary: primaryAssetId,
      assets: idsOf(assets),
    })),
    memories: toRecord(memories, ({ isSaved, assets }) => ({
      isSaved,
      assets: idsOf(assets),
    })),
  };
}

async function describe(account: Account, asset: Asset): Promise<object> {
  const { id, originalFileName, checksum, isFavorite } = asset;
  const { isTrashed, visibility, thumbhash, exifInfo } = asset;
  const faces = await account.call<
    { id: string; person: { id: string } | null }[]
  >(
    "GET",
    `/faces?id=${id}`,
  );
  const metadata = await account.call<{ key: string; value: object }[]>(
    "GET",
    `/assets/${id}/metadata`,
  );
  return {
    originalFileName,
    checksum,
    isFavorite,
    isTrashed,
    visibility,
    thumbhash,
    description: exifInfo?.description,
    rating: exifInfo?.rating,
    bytes: exifInfo?.fileSizeInByte,
    faces: sorted(faces.map(({ id, person }) => `${id} ${person?.id ?? null}`)),
    metadata: sorted(
      metadata.map(({ key, value }) => `${key} ${JSON.stringify(value)}`),
    ),
  };
}

async function readPartners(
  account: Account,
  direction: "shared-by" | "shared-with",
  toKey: (id: string) => string,
): Promise<Record<string, boolean>> {
  const path = `/partners?direction=${direction}`;
  const partners = await account.call<{ id: string; inTimeline: boolean }[]>(
    "GET",
    path,
  );
  return Object.fromEntries(
    partners.map(({ id, inTimeline }) => [toKey(id), inTimeline]),
  );
}

/** Returns the ids of the assets in a timeline. */
async function readTimeline(
  account: Account,
  query: string,
): Promise<string[]> {
  const buckets = await account.call<{ timeBucket: string }[]>(
    "GET",
    `/timeline/buckets?${query}`,
  );
  const ids: string[] = [];
  for (const { timeBucket } of buckets) {
    const bucket = orUndefined(account.call<{ id: string[] }>(
      "GET",
      `/timeline/bucket?${query}&timeBucket=${timeBucket}`,
    ));
    ids.push(...(await bucket)?.id ?? []);
  }
  return sorted(ids);
}

/** Reads what a user sees from the user's mirror. */
export async function readMirror(
  mirror: Mirror,
  { id: me }: Account,
): Promise<View> {
  const pairs = async (sql: string, ...params: string[]) =>
    Object.fromEntries(
      (await mirror.query<{ key: string; value: string }>(sql, ...params))
        .map(({ key, value }) => [key, value]),
    );
  const objects = async (sql: string, ...params: string[]) =>
    Object.fromEntries(
      Object.entries(await pairs(sql, ...params))
        .map(([key, value]) => [key, JSON.parse(value)]),
    );
  return {
    users: await pairs(
      "SELECT id AS key, name AS value FROM users WHERE deleted_at IS NULL",
    ),
    partners: await objects(
      `SELECT shared_by_id || '/' || shared_with_id AS key,
        iif(in_timeline, 'true', 'false') AS value FROM partners
      WHERE NOT EXISTS (SELECT 1 FROM users WHERE deleted_at IS NOT NULL
        AND id IN (shared_by_id, shared_with_id))`,
    ),
    timeline: idsOf(
      await mirror.query<{ id: string }>("SELECT id FROM timeline"),
    ),
    assets: await objects(ASSETS, me),
    albums: await objects(ALBUMS),
    stacks: await objects(STACKS, me),
    memories: await objects(MEMORIES),
  };
}

/** SQL for a sorted list of strings. */
function list(value: string, rest: string): string {
  return `json((SELECT coalesce(json_group_array(value), '[]') FROM
    (SELECT ${value} AS value ${rest} ORDER BY 1)))`;
}

/** SQL for a boolean in JSON. */
function boolean(condition: string): string {
  return `json(iif(${condition}, 'true', 'false'))`;
}

const ASSETS = `SELECT id AS key, json_object(
    'originalFileName', original_file_name, 'checksum', checksum,
    'isFavorite', ${boolean("is_favorite")},
    'isTrashed', ${boolean("deleted_at IS NOT NULL")},
    'visibility', visibility, 'thumbhash', thumbhash,
    'description', description, 'rating', rating, 'bytes', file_size_in_byte,
    'faces', ${
  list(
    "id || ' ' || coalesce(person_id, 'null')",
    "FROM faces WHERE asset_id = assets.id AND is_visible AND deleted_at IS NULL",
  )
},
    'metadata', ${
  list("key || ' ' || value", "FROM asset_metadata WHERE asset_id = assets.id")
}) AS value
  FROM assets LEFT JOIN exif ON asset_id = id WHERE owner_id = ?`;

const ALBUMS = `SELECT id AS key, json_object(
    'name', name, 'description', description,
    'users', ${
  list("user_id || ' ' || role", "FROM album_users WHERE album_id = albums.id")
},
    'assets', ${
  list("id", "FROM album_timeline WHERE album_id = albums.id")
}) AS value
  FROM albums WHERE id NOT IN (
    SELECT album_id FROM album_users JOIN users ON users.id = user_id
    WHERE role = 'owner' AND deleted_at IS NOT NULL)`;

const STACKS = `SELECT id AS key, json_object(
    'primary', primary_asset_id, 'assets', ${
  list("id", "FROM visible_assets WHERE stack_id = stacks.id")
}) AS value
  FROM stacks WHERE owner_id = ?`;

/** The server shows a memory's assets only if they are in the timeline. */
const MEMORY_ASSETS = `visible_assets JOIN memory_assets ON asset_id = id
  WHERE memory_id = memories.id AND visibility = 'timeline'`;

const MEMORIES = `SELECT id AS key, json_object(
    'isSaved', ${boolean("is_saved")},
    'assets', ${
  list(
    "id",
    `FROM ${MEMORY_ASSETS}`,
  )
}) AS value
  FROM memories WHERE deleted_at IS NULL
    AND EXISTS (SELECT 1 FROM ${MEMORY_ASSETS})`;

/** Describes each entry in which a mirror differs from the server. */
export function differences(mirror: View, server: View): string[] {
  return (Object.keys(server) as (keyof View)[]).flatMap((table) => {
    const [inMirror, onServer] = [mirror, server].map((view) => {
      const entries = Object.entries(view[table]);
      return new Map(
        entries.map(([key, value]) => [key, JSON.stringify(value)]),
      );
    }) as [Map<string, string>, Map<string, string>];
    const keys = new Set([...inMirror.keys(), ...onServer.keys()]);
    return [...keys]
      .filter((key) => inMirror.get(key) !== onServer.get(key))
      .map((key) =>
        `${table} ${key}: ${inMirror.get(key)} in the mirror, ${
          onServer.get(key)
        } on the server`
      );
  });
}

function toRecord(
  groups: readonly Group[],
  toValue: (group: Group) => object,
): Record<string, object> {
  return Object.fromEntries(groups.map((group) => [group.id, toValue(group)]));
}

function idsOf(rows: readonly { id: string }[]): string[] {
  return sorted(rows.map(({ id }) => id));
}

function sorted(texts: readonly string[]): string[] {
  return [...texts].sort();
}
