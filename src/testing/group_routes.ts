/**
 * The endpoints for partners, stacks, memories and people.
 *
 * @module
 */
import { ApiError } from "./responses.ts";
import {
  type Caller,
  callerOf,
  fieldsIn,
  forbidden,
  idsIn,
  ownRow,
  respondWithResults,
} from "./caller.ts";
import { type Exchange, readBody } from "./exchange.ts";
import type { Tables } from "./tables.ts";
import { isVisible, visibleAssets } from "./timeline_routes.ts";

/** `GET /partners`, which returns only partners who are not soft-deleted. */
export function readPartners(exchange: Exchange): Response {
  const { store, userId, query } = callerOf(exchange);
  const partners = query.get("direction") === "shared-by"
    ? store.where("partners", { sharedById: userId })
      .map(({ sharedWithId, inTimeline }) => ({ id: sharedWithId, inTimeline }))
    : store.where("partners", { sharedWithId: userId })
      .map(({ sharedById, inTimeline }) => ({ id: sharedById, inTimeline }));
  const listed = partners.filter(({ id }) =>
    store.find("users", id)?.data.deletedAt === null
  );
  return exchange.state.responses.json(listed);
}

/** `POST /partners` */
export function createPartner(exchange: Exchange): Response {
  const { library, store, userId } = callerOf(exchange);
  const id = String(readBody(exchange).sharedWithId);
  if (store.find("partners", `${userId}/${id}`) !== undefined) {
    throw new ApiError(400, "Partner already exists");
  }
  library.addPartner(id);
  return exchange.state.responses.json({ id, inTimeline: false }, 201);
}

/** `PUT /partners/:id` */
export function updatePartner(exchange: Exchange): Response {
  const { library, store, userId, ids: [id = ""] } = callerOf(exchange);
  if (store.find("partners", `${id}/${userId}`) === undefined) {
    throw forbidden("partner.update");
  }
  const inTimeline = readBody(exchange).inTimeline === true;
  library.updatePartner(id, inTimeline);
  return exchange.state.responses.json({ id, inTimeline });
}

/** `DELETE /partners/:id` */
export function deletePartner(exchange: Exchange): Response {
  const { library, store, userId, ids: [id = ""] } = callerOf(exchange);
  if (store.find("partners", `${userId}/${id}`) === undefined) {
    throw new ApiError(400, "Partner not found");
  }
  library.removePartner(id);
  return exchange.state.responses.empty();
}

/** `GET /stacks` */
export function readStacks(exchange: Exchange): Response {
  const { store, userId } = callerOf(exchange);
  const stacks = store.where("stacks", { ownerId: userId }).map((stack) => ({
    ...stack,
    assets: store.where("assets", { stackId: stack.id }).filter(isVisible),
  }));
  return exchange.state.responses.json(stacks);
}

/** `POST /stacks` */
export function createStack(exchange: Exchange): Response {
  const caller = callerOf(exchange);
  const { library, store } = caller;
  const assets = idsIn(readBody(exchange), "assetIds")
    .map((id) => ownRow(caller, "assets", "asset.update", id));
  const ids = new Set(assets.map(({ id }) => id));
  // Existing stacks that share an asset with the new stack are merged into it.
  for (const stackId of new Set(assets.map(({ stackId }) => stackId))) {
    if (stackId === null) continue;
    for (const { id } of store.where("assets", { stackId })) ids.add(id);
    library.deleteStack(stackId);
  }
  return exchange.state.responses.json(library.addStack([...ids]), 201);
}

/** `PUT /stacks/:id` */
export function updateStack(exchange: Exchange): Response {
  const caller = callerOf(exchange);
  const { id } = ownRow(caller, "stacks", "stack.update");
  const primaryAssetId = String(readBody(exchange).primaryAssetId);
  const asset = caller.store.find("assets", primaryAssetId)?.data;
  if (asset?.stackId !== id) {
    throw new ApiError(400, "Primary asset must be in the stack");
  }
  const stack = caller.library.updateStack(id, { primaryAssetId });
  return exchange.state.responses.json(stack);
}

/** `DELETE /stacks/:id` */
export function deleteStack(exchange: Exchange): Response {
  const caller = callerOf(exchange);
  caller.library.deleteStack(ownRow(caller, "stacks", "stack.delete").id);
  return exchange.state.responses.empty();
}

/** `GET /memories`, which returns only assets in the timeline, and memories with any. */
export function readMemories(exchange: Exchange): Response {
  const { store, userId } = callerOf(exchange);
  const memories = store.where("memories", { ownerId: userId, deletedAt: null })
    .map((memory) => {
      const entries = store.where("memoryAssets", { memoryId: memory.id });
      const assets = visibleAssets(store, entries)
        .filter(({ visibility }) => visibility === "timeline");
      return { ...memory, assets };
    })
    .filter(({ assets }) => assets.length > 0);
  return exchange.state.responses.json(memories);
}

/** `POST /memories` */
export function createMemory(exchange: Exchange): Response {
  const caller = callerOf(exchange);
  const body = readBody(exchange);
  const ids = ownIds(caller, idsIn(body, "assetIds"));
  const fields = fieldsIn<Tables["memories"]>(body, {
    type: "type",
    data: "data",
    memoryAt: "memoryAt",
  });
  const memory = caller.library.addMemory(fields, ids);
  return exchange.state.responses.json(memory, 201);
}

/** `PUT /memories/:id` */
export function updateMemory(exchange: Exchange): Response {
  const caller = callerOf(exchange);
  const { id } = ownRow(caller, "memories", "memory.update");
  const changes = fieldsIn<Tables["memories"]>(readBody(exchange), {
    isSaved: "isSaved",
    seenAt: "seenAt",
  });
  const memory = caller.library.updateMemory(id, changes);
  return exchange.state.responses.json(memory);
}

/** `DELETE /memories/:id` */
export function deleteMemory(exchange: Exchange): Response {
  const caller = callerOf(exchange);
  caller.library.deleteMemory(ownRow(caller, "memories", "memory.delete").id);
  return exchange.state.responses.empty();
}

/** `PUT /memories/:id/assets` */
export function addToMemory(exchange: Exchange): Response {
  const caller = callerOf(exchange);
  const { id: memoryId } = ownRow(caller, "memories", "memory.update");
  const ids = idsIn(readBody(exchange), "ids");
  const added = ownIds(caller, ids).filter((id) =>
    !caller.store.find("memoryAssets", `${memoryId}/${id}`)
  );
  caller.library.addToMemory(memoryId, added);
  return respondWithResults(exchange, ids, added);
}

/** `DELETE /memories/:id/assets` */
export function removeFromMemory(exchange: Exchange): Response {
  const caller = callerOf(exchange);
  const { id: memoryId } = ownRow(caller, "memories", "memory.update");
  const ids = idsIn(readBody(exchange), "ids");
  const removed = ids.filter((id) =>
    caller.store.find("memoryAssets", `${memoryId}/${id}`)
  );
  caller.library.removeFromMemory(memoryId, removed);
  return respondWithResults(exchange, ids, removed);
}

/** Returns the ids of the user's own assets. */
function ownIds({ store, userId }: Caller, ids: readonly string[]): string[] {
  return [...new Set(ids)].filter((id) =>
    store.find("assets", id)?.data.ownerId === userId
  );
}

/** `POST /people` */
export function createPerson(exchange: Exchange): Response {
  const { name = "" } = readBody(exchange);
  const person = callerOf(exchange).library.addPerson({ name: String(name) });
  return exchange.state.responses.json(person, 201);
}

/** `PUT /people/:id` */
export function updatePerson(exchange: Exchange): Response {
  const caller = callerOf(exchange);
  const { id } = ownRow(caller, "people", "person.update");
  const changes = fieldsIn<Tables["people"]>(readBody(exchange), {
    name: "name",
    isFavorite: "isFavorite",
    isHidden: "isHidden",
  });
  const person = caller.library.updatePerson(id, changes);
  return exchange.state.responses.json(person);
}

/** `DELETE /people/:id` */
export function deletePerson(exchange: Exchange): Response {
  const caller = callerOf(exchange);
  caller.library.deletePerson(ownRow(caller, "people", "person.delete").id);
  return exchange.state.responses.empty();
}
