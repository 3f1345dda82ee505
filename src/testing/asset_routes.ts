/**
 * The endpoints for assets, their metadata, edits and faces.
 *
 * @module
 */
import { invalid } from "./responses.ts";
import {
  type Caller,
  callerOf,
  fieldsIn,
  forbidden,
  idsIn,
  ownRow,
} from "./caller.ts";
import { type Exchange, readBody } from "./exchange.ts";
import type { Tables } from "./tables.ts";
import { canSeeAsset } from "./timeline_routes.ts";

/** The thumbhash of a gray picture. A real server computes thumbhashes in a job. */
const GRAY_THUMBHASH = "IAgCBIBqeTt4d3iAiH0AAAAAAA==";

/** `POST /assets` */
export async function uploadAsset(exchange: Exchange): Promise<Response> {
  const { userId, library, store } = callerOf(exchange);
  const { request, bytes, state } = exchange;
  const contentType = request.headers.get("content-type") ?? "";
  const form = await new Response(bytes, {
    headers: { "content-type": contentType },
  }).formData().catch(() => new FormData());
  const file = form.get("assetData");
  if (!(file instanceof File)) {
    throw invalid(["assetData"], "Invalid input: expected a file");
  }
  const content = await file.arrayBuffer();
  const digest = await crypto.subtle.digest("SHA-1", content);
  const checksum = btoa(String.fromCharCode(...new Uint8Array(digest)));
  const known = store.where("assets", { checksum, ownerId: userId })[0];
  if (known !== undefined) {
    return state.responses.json({ id: known.id, status: "duplicate" });
  }
  const takenAt = String(form.get("fileCreatedAt"));
  const { id } = library.addAsset({
    originalFileName: file.name,
    checksum,
    fileCreatedAt: takenAt,
    localDateTime: takenAt,
    fileModifiedAt: String(form.get("fileModifiedAt")),
    thumbhash: GRAY_THUMBHASH,
  });
  library.updateExif(id, { fileSizeInByte: content.byteLength });
  state.files.set(id, content);
  return state.responses.json({ id, status: "created" }, 201);
}

/** `GET /assets/:id` */
export function readAsset(exchange: Exchange): Response {
  const caller = callerOf(exchange);
  const asset = readableAsset(caller);
  const exif = caller.store.find("exifs", asset.id)?.data;
  return exchange.state.responses.json({
    ...asset,
    isTrashed: asset.deletedAt !== null,
    exifInfo: exif,
  });
}

/** `GET /assets/:id/original` */
export function readOriginal(exchange: Exchange): Response {
  const { id } = readableAsset(callerOf(exchange));
  const content = exchange.state.files.get(id);
  if (content === undefined) throw forbidden("asset.read");
  const headers = { "content-type": "application/octet-stream" };
  return new Response(content, { headers });
}

/** `PUT /assets/:id` */
export function updateAsset(exchange: Exchange): Response {
  const caller = callerOf(exchange);
  const { id } = ownRow(caller, "assets", "asset.update");
  const body = readBody(exchange);
  const exif = fieldsIn<Tables["exifs"]>(body, {
    description: "description",
    rating: "rating",
    latitude: "latitude",
    longitude: "longitude",
  });
  if (Object.keys(exif).length > 0) caller.library.updateExif(id, exif);
  caller.library.updateAsset(
    id,
    fieldsIn<Tables["assets"]>(body, {
      isFavorite: "isFavorite",
      visibility: "visibility",
    }),
  );
  return readAsset(exchange);
}

/** `DELETE /assets` */
export function deleteAssets(exchange: Exchange): Response {
  const caller = callerOf(exchange);
  const body = readBody(exchange);
  const assets = idsIn(body, "ids").map((id) =>
    ownRow(caller, "assets", "asset.delete", id)
  );
  for (const { id } of assets) {
    if (body.force === true) caller.library.deleteAsset(id);
    else caller.library.trashAsset(id);
  }
  return exchange.state.responses.empty();
}

/** `POST /trash/restore/assets` */
export function restoreAssets(exchange: Exchange): Response {
  const caller = callerOf(exchange);
  const assets = idsIn(readBody(exchange), "ids")
    .map((id) => ownRow(caller, "assets", "asset.delete", id));
  const trashed = assets.filter(({ deletedAt }) => deletedAt !== null);
  for (const { id } of trashed) caller.library.restoreAsset(id);
  return exchange.state.responses.json({ count: trashed.length });
}

/** `GET /assets/:id/metadata` */
export function readMetadata(exchange: Exchange): Response {
  const caller = callerOf(exchange);
  const { id: assetId } = ownRow(caller, "assets", "asset.read");
  const entries = caller.store.where("assetMetadata", { assetId })
    .map(({ key, value }) => ({ key, value }));
  return exchange.state.responses.json(entries);
}

/** `PUT /assets/:id/metadata` */
export function setMetadata(exchange: Exchange): Response {
  const caller = callerOf(exchange);
  const { id } = ownRow(caller, "assets", "asset.update");
  const { items } = readBody(exchange) as {
    items: { key: string; value: Record<string, unknown> }[];
  };
  for (const { key, value } of items) {
    caller.library.setMetadata(id, key, value);
  }
  return readMetadata(exchange);
}

/** `DELETE /assets/:id/metadata/:key` */
export function deleteMetadata(exchange: Exchange): Response {
  const caller = callerOf(exchange);
  const { id } = ownRow(caller, "assets", "asset.update");
  const key = decodeURIComponent(exchange.path.split("/").at(-1) ?? "");
  // Like a real server, ignores keys that the asset does not have.
  if (caller.store.find("assetMetadata", `${id}/${key}`) !== undefined) {
    caller.library.deleteMetadata(id, key);
  }
  return exchange.state.responses.empty();
}

/** `PUT /assets/:id/edits`, `DELETE /assets/:id/edits` */
export function setEdits(exchange: Exchange): Response {
  const caller = callerOf(exchange);
  const { id: assetId } = ownRow(caller, "assets", "asset.update");
  const isDelete = exchange.request.method === "DELETE";
  const { edits } = (isDelete ? { edits: [] } : readBody(exchange)) as {
    edits: Partial<Tables["edits"]>[];
  };
  caller.library.editAsset(assetId, edits);
  if (isDelete) return exchange.state.responses.empty();
  return exchange.state.responses.json({ assetId, edits });
}

/** `GET /faces?id=` */
export function readFaces(exchange: Exchange): Response {
  const caller = callerOf(exchange);
  const assetId = readableAsset(caller, caller.query.get("id") ?? "").id;
  const faces = caller.store.where("faces", { assetId, deletedAt: null })
    .map(({ personId, ...face }) => ({
      ...face,
      person: personId === null ? null : { id: personId },
    }));
  return exchange.state.responses.json(faces);
}

/** `POST /faces` */
export function createFace(exchange: Exchange): Response {
  const caller = callerOf(exchange);
  const body = readBody(exchange);
  const asset = ownRow(caller, "assets", "asset.read", String(body.assetId));
  const person = ownRow(caller, "people", "person.read", String(body.personId));
  const [x, y] = [Number(body.x), Number(body.y)];
  caller.library.addFace(asset.id, {
    personId: person.id,
    boundingBoxX1: x,
    boundingBoxY1: y,
    boundingBoxX2: x + Number(body.width),
    boundingBoxY2: y + Number(body.height),
    imageWidth: Number(body.imageWidth),
    imageHeight: Number(body.imageHeight),
  });
  return new Response(null, { status: 201 });
}

/** `DELETE /faces/:id` */
export function deleteFace(exchange: Exchange): Response {
  const caller = callerOf(exchange);
  const { library, store, ids: [id = ""] } = caller;
  const face = store.find("faces", id)?.data;
  ownRow(caller, "assets", "face.delete", face?.assetId ?? "");
  if (readBody(exchange).force === true) library.deleteFace(id);
  else library.removeFace(id);
  return exchange.state.responses.empty();
}

function readableAsset(
  caller: Caller,
  id: string = caller.ids[0] ?? "",
): Tables["assets"] {
  const asset = caller.store.find("assets", id)?.data;
  if (asset !== undefined && canSeeAsset(caller, asset)) return asset;
  throw forbidden("asset.read");
}
