/** Applies recorded calls to the fake. */
import type { FakeLibrary } from "../../src/testing/mod.ts";
import { textOf, type Transcript } from "../support/transcripts.ts";

/** A call's data: the ids in the path, the body, and the response. */
interface Call {
  ids: string[];
  body: Record<string, never>;
  answer: Record<string, never>;
}

type Change = (library: FakeLibrary, call: Call) => void;

const CHANGES: Record<string, Change> = {
  "DELETE /assets": (library, { body: { ids, force } }) => {
    for (const id of list(ids)) {
      if (force) library.deleteAsset(id);
      else library.trashAsset(id);
    }
  },
  "POST /trash/restore/assets": (library, { body: { ids } }) => {
    for (const id of list(ids)) library.restoreAsset(id);
  },
  "PUT /assets/:id": (library, { ids: [id = ""], body }) => {
    const { description, rating, ...changes } = body;
    if (description !== undefined) {
      library.updateExif(id, { description, rating: rating ?? null });
    }
    library.updateAsset(id, changes);
  },
  "PUT /assets/:id/metadata": (
    library,
    { ids: [id = ""], body: { items } },
  ) => {
    for (const { key, value } of list<Entry>(items)) {
      library.setMetadata(id, key, value);
    }
  },
  "DELETE /assets/:id/metadata/mobile-app": (library, { ids: [id = ""] }) =>
    library.deleteMetadata(id, "mobile-app"),
  "PUT /assets/:id/edits": (library, { ids: [id = ""], answer: { edits } }) =>
    library.editAsset(id, list(edits)),
  "DELETE /assets/:id/edits": (library, { ids: [id = ""] }) =>
    library.editAsset(id, []),
  "POST /partners": (library, { body: { sharedWithId } }) =>
    library.addPartner(sharedWithId!),
  "POST /partners/:id": (library, { ids: [id = ""] }) => library.addPartner(id),
  "DELETE /partners/:id": (library, { ids: [id = ""] }) =>
    library.removePartner(id),
  "PATCH /albums/:id": (library, { ids: [id = ""], body }) => {
    const { albumName: name, ...changes } = body;
    library.updateAlbum(id, { name: name!, ...changes });
  },
  "DELETE /albums/:id": (library, { ids: [id = ""] }) =>
    library.deleteAlbum(id),
  "PUT /albums/:id/assets": (library, { ids: [id = ""], body: { ids } }) =>
    library.addToAlbum(id, list(ids)),
  "DELETE /albums/:id/assets": (library, { ids: [id = ""], body: { ids } }) =>
    library.removeFromAlbum(id, list(ids)),
  "PUT /albums/:id/users": (library, { ids: [id = ""], body }) => {
    for (const { userId, role } of list<AlbumUser>(body.albumUsers)) {
      library.shareAlbum(id, userId, role);
    }
  },
  "PUT /albums/:id/user/:id": (
    library,
    { ids: [id = "", userId = ""], body },
  ) => library.shareAlbum(id, userId, body.role),
  "DELETE /albums/:id/user/:id": (library, { ids: [id = "", userId = ""] }) =>
    library.unshareAlbum(id, userId),
  "PUT /stacks/:id": (library, { ids: [id = ""], body }) => {
    library.updateStack(id, body);
  },
  "DELETE /stacks/:id": (library, { ids: [id = ""] }) =>
    library.deleteStack(id),
  "PUT /memories/:id": (library, { ids: [id = ""], body }) => {
    library.updateMemory(id, body);
  },
  "DELETE /memories/:id": (library, { ids: [id = ""] }) =>
    library.deleteMemory(id),
  "DELETE /memories/:id/assets": (library, { ids: [id = ""], body: { ids } }) =>
    library.removeFromMemory(id, list(ids)),
  "PUT /people/:id": (
    library,
    { ids: [id = ""], body: { name, birthDate } },
  ) => {
    library.updatePerson(id, {
      name: name!,
      ...(birthDate === undefined
        ? {}
        : { birthDate: `${birthDate}T00:00:00.000Z` }),
    });
  },
  "DELETE /people/:id": (library, { ids: [id = ""] }) =>
    library.deletePerson(id),
  "DELETE /faces/:id": (library, { ids: [id = ""], body: { force } }) => {
    if (force) library.deleteFace(id);
    else library.removeFace(id);
  },
  "DELETE /users/me/onboarding": (library) =>
    library.deleteSettings("onboarding"),
  "PUT /users/me": (library, { body, answer: { id } }) => {
    library.as(id!).updateUser(body);
  },
  "DELETE /admin/users/:id": (library, { ids: [id = ""], body: { force } }) => {
    if (force) library.deleteUser(id);
    else library.softDeleteUser(id);
  },
  "POST /admin/users/:id/restore": (library, { ids: [id = ""] }) => {
    library.restoreUser(id);
  },
};

interface Entry {
  key: string;
  value: Record<string, unknown>;
}

interface AlbumUser {
  userId: string;
  role: "editor" | "viewer";
}

/** Applies a recorded call to a library. */
export function repeatCall(library: FakeLibrary, exchange: Transcript): void {
  const { method, path, body = "{}" } = exchange.request;
  const ids: string[] = [];
  const pattern = path.replace("/api", "").replace(/[0-9a-f-]{36}/g, (id) => {
    ids.push(id);
    return ":id";
  });
  const answer = JSON.parse(textOf(exchange) || "{}");
  const change = CHANGES[`${method} ${pattern}`];
  if (change === undefined) throw new Error(`${method} ${pattern} is unknown`);
  change(library, { ids, body: JSON.parse(body), answer });
}

function list<T = string>(value: unknown): T[] {
  return value as T[];
}
