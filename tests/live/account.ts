/** A throwaway user, and what this user can do with a library. */
import type { Session } from "@immich-edge/sync";
import { call, type Method, orUndefined } from "./call.ts";
import { createPicture } from "./pictures.ts";

/**
 * When the first picture was taken. Pictures are ten days apart, to cover
 * several months.
 */
const FIRST_PICTURE_MS = Date.UTC(2025, 0, 15, 12);
const TEN_DAYS_MS = 10 * 24 * 60 * 60 * 1000;

/** How long the server's jobs may take. */
const MAX_JOB_MS = 60_000;
const POLL_MS = 100;

/** An asset, as the server's REST API returns it. */
export interface Asset {
  id: string;
  ownerId: string;
  originalFileName: string;
  checksum: string;
  thumbhash: string | null;
  isFavorite: boolean;
  isTrashed: boolean;
  visibility: string;
  exifInfo?: {
    description: string | null;
    rating: number | null;
    latitude: number | null;
    fileSizeInByte: number | null;
  };
}

/** A user, with the calls needed by the checks. */
export class Account {
  readonly session: Session;
  readonly id: string;
  readonly email: string;
  readonly #signal: AbortSignal;
  #pictures = 0;

  /** Creates an account for a user who is signed in. */
  constructor(session: Session, email: string, signal: AbortSignal) {
    this.session = session;
    this.id = session.userId!;
    this.email = email;
    this.#signal = signal;
  }

  /** Calls an endpoint, and returns its JSON. */
  async call<T = unknown>(
    method: Method,
    path: string,
    body?: object,
  ): Promise<T> {
    const signal = this.#signal;
    return await call<T>(this.session, method, path, { body, signal });
  }

  /** Calls an endpoint that creates something, and returns its id. */
  async create(path: string, body: object): Promise<string> {
    return (await this.call<{ id: string }>("POST", path, body)).id;
  }

  /** Uploads a picture, and waits until the server has processed it. */
  async upload(): Promise<string> {
    const { name, bytes } = createPicture(this.#pictures);
    const takenMs = FIRST_PICTURE_MS + this.#pictures++ * TEN_DAYS_MS;
    const takenAt = new Date(takenMs).toISOString();
    const form = new FormData();
    form.set("assetData", new Blob([bytes]), name);
    form.set("fileCreatedAt", takenAt);
    form.set("fileModifiedAt", takenAt);
    // Required by servers up to 2.x.
    form.set("deviceAssetId", `${name}-${crypto.randomUUID()}`);
    form.set("deviceId", "live");
    const id = await this.create("/assets", form);
    await this.#until(async () => {
      const { thumbhash = null } = await this.asset(id) ?? {};
      return thumbhash !== null;
    });
    return id;
  }

  /** Uploads several pictures. */
  async uploadMany(count: number): Promise<string[]> {
    const ids: string[] = [];
    for (let i = 0; i < count; i++) ids.push(await this.upload());
    return ids;
  }

  /** Returns an asset, or `undefined` if it does not exist for this user. */
  async asset(id: string): Promise<Asset | undefined> {
    return await orUndefined(this.call<Asset>("GET", `/assets/${id}`));
  }

  /** Moves assets to the trash. */
  async trash(...ids: string[]): Promise<void> {
    await this.call("DELETE", "/assets", { ids, force: false });
  }

  /** Permanently deletes assets, and waits until the server has done so. */
  async deleteForever(...ids: string[]): Promise<void> {
    await this.call("DELETE", "/assets", { ids, force: true });
    for (const id of ids) {
      await this.#until(async () => await this.asset(id) === undefined);
    }
  }

  /** Creates an album. */
  async addAlbum(albumName: string, assetIds: string[]): Promise<string> {
    return await this.create("/albums", { albumName, assetIds });
  }

  /** Adds a user to an album. */
  async shareAlbum(
    albumId: string,
    userId: string,
    role: "editor" | "viewer" = "viewer",
  ): Promise<void> {
    const albumUsers = [{ userId, role }];
    await this.call("PUT", `/albums/${albumId}/users`, { albumUsers });
  }

  /** Shares this user's assets with another user. */
  async addPartner(sharedWithId: string): Promise<void> {
    await this.call("POST", "/partners", { sharedWithId });
  }

  /** Adds a person's face to an asset. */
  async addFace(assetId: string, personId: string): Promise<void> {
    const box = { x: 1, y: 1, width: 4, height: 4 };
    const image = { imageWidth: 16, imageHeight: 8 };
    await this.call("POST", "/faces", { assetId, personId, ...image, ...box });
  }

  /** Waits until the server has finished a job. */
  async #until(isDone: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + MAX_JOB_MS;
    while (!await isDone()) {
      if (Date.now() > end) {
        throw new Error(
          `The server has not finished its jobs after ${MAX_JOB_MS / 1000} s`,
        );
      }
      await pause(POLL_MS, this.#signal);
    }
  }
}

/** Waits. Rejects if the signal is aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const abort = () => reject(signal.reason);
  const timer = setTimeout(resolve, ms);
  signal.addEventListener("abort", abort, { once: true });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}
