/**
 * A user's library. It is a Durable Object, so each user has one copy and at most one
 * run at a time.
 *
 * @module
 */
import type { Session, User } from "@immich-edge/sync";
import { durableObject, type Mirror } from "@immich-edge/sync/mirror";
import { DurableObject } from "cloudflare:workers";
import type { Copy } from "./copy.ts";
import type { Env } from "./env.ts";
import { EventStreams } from "./event_streams.ts";
import { Logins } from "./logins.ts";
import { toStreamEvent } from "./pages/status.tsx";
import {
  type Album,
  type PhotoDetails,
  type PhotoPage,
  type PhotoQuery,
  readAlbums,
  readPhoto,
  readPhotos,
  readThumbhash,
} from "./photos.ts";
import { allows } from "./rate_limit.ts";
import { Revocations } from "./revocations.ts";
import { openCopy } from "./summary.ts";
import { SyncJob } from "./sync_job.ts";
import { MINUTE_MS } from "./times.ts";

const SYNCS_PER_MINUTE = 10;
const STREAMS_PER_MINUTE = 60;

/** The library's owner. */
export type Owner = Pick<User, "id" | "name" | "email">;

/** What a page shows. */
export interface LibraryView {
  owner: Owner;
  copy: Copy;
  /** Whether a click may start a run. */
  mayStart: boolean;
  /**
   * All albums for the first page, one album for an album's page, none for other pages.
   */
  albums: Album[];
  page: PhotoPage;
}

/** What is needed to fetch a thumbnail. */
export interface ThumbnailSource {
  session: Session;
  /** Shown instead of a thumbnail that cannot be fetched. */
  thumbhash: string | null;
}

/** The library of one user. Each browser that is signed in has a ticket. */
export class Library extends DurableObject<Env> {
  readonly #revocations = new Revocations(this.ctx.storage);
  readonly #logins = new Logins(this.ctx.storage, this.#revocations);
  readonly #streams = new EventStreams(() => toStreamEvent(this.#job.copy));
  readonly #job: SyncJob;
  #owner: Owner | undefined;
  #mirror: Mirror | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const { storage } = ctx;
    this.#job = new SyncJob({
      storage,
      logins: this.#logins,
      revocations: this.#revocations,
      everyMs: Number(env.SYNC_EVERY_MINUTES ?? "60") * MINUTE_MS,
      openMirror: () => this.#open(),
      onChange: () => this.#streams.change(),
    });
    void ctx.blockConcurrencyWhile(async () => {
      this.#owner = await storage.get<Owner>("owner");
      await this.#job.load();
    });
  }

  /** Signs a browser in, and resumes a copy that has stopped. Returns the ticket. */
  async signIn(owner: Owner, session: Session): Promise<string> {
    this.#owner = owner;
    await this.ctx.storage.put("owner", owner);
    const ticket = await this.#logins.add(session);
    if (this.#job.copy.phase === "ended") await this.#job.start();
    return ticket;
  }

  /**
   * Signs a browser out; the copy keeps its rows. The last sign-out stops syncing.
   *
   * @returns Whether the sessions have ended on the server. If not, they end as soon
   * as the server can be reached.
   */
  async signOut(ticket: string): Promise<boolean> {
    this.#streams.close(ticket);
    const sessions = await this.#logins.remove(ticket);
    if (!await this.#logins.hasAny()) await this.#job.stop();
    return await this.revoke(...sessions);
  }

  /** Ends sessions on the server. Returns `false` if some have to be ended later. */
  async revoke(...sessions: Session[]): Promise<boolean> {
    const haveEnded = await this.#revocations.revoke(...sessions);
    if (!haveEnded) await this.#job.ensureAlarm();
    return haveEnded;
  }

  /** Returns whether a browser is signed in. */
  async isSignedIn(ticket: string): Promise<boolean> {
    return await this.#logins.get(ticket) !== undefined;
  }

  /** After a 401, asks the server whether a browser's session is still valid. */
  async checkLogin(ticket: string): Promise<boolean> {
    if (await this.#logins.check(ticket)) return true;
    if (!await this.#logins.hasAny()) await this.#job.stop();
    return false;
  }

  /** Returns what a page shows, if the browser is signed in. */
  async view(
    ticket: string,
    query: PhotoQuery,
  ): Promise<LibraryView | undefined> {
    if (!await this.isSignedIn(ticket)) return undefined;
    const mirror = await this.#open();
    const { albumId, before } = query;
    const hasAlbums = albumId !== undefined || before === undefined;
    return {
      owner: this.#owner!,
      copy: this.#job.copy,
      mayStart: this.#job.mayStart,
      albums: hasAlbums ? await readAlbums(mirror, albumId) : [],
      page: await readPhotos(mirror, query),
    };
  }

  /** Returns a photo, if it is in the copy and the browser is signed in. */
  async photo(
    ticket: string,
    id: string,
    albumId?: string,
  ): Promise<PhotoDetails & { owner: Owner } | undefined> {
    if (!await this.isSignedIn(ticket)) return undefined;
    const details = await readPhoto(await this.#open(), id, albumId);
    return details && { ...details, owner: this.#owner! };
  }

  /**
   * Returns what is needed to fetch a thumbnail, if the photo is visible in the copy.
   */
  async thumbnail(
    ticket: string,
    assetId: string,
  ): Promise<ThumbnailSource | undefined> {
    const session = await this.#logins.get(ticket);
    if (session === undefined) return undefined;
    const thumbhash = await readThumbhash(await this.#open(), assetId);
    return thumbhash === undefined ? undefined : { session, thumbhash };
  }

  /**
   * Starts a run, unless one is under way or the copy has to wait.
   *
   * @returns `false` if too many runs were started in the last minute.
   */
  async sync(ticket: string): Promise<boolean> {
    if (!await this.isSignedIn(ticket)) return true;
    if (!this.#job.mayStart) {
      await this.#job.ensureAlarm();
      return true;
    }
    const isAllowed = await this.#allows("sync", SYNCS_PER_MINUTE);
    if (isAllowed) await this.#job.start();
    return isAllowed;
  }

  /** Opens a stream of events, which ends with the run. */
  async events(
    ticket: string,
  ): Promise<ReadableStream<Uint8Array> | "signed out" | "too many"> {
    if (!await this.isSignedIn(ticket)) return "signed out";
    const isAllowed = await this.#allows("events", STREAMS_PER_MINUTE);
    return isAllowed && this.#streams.open(ticket) || "too many";
  }

  /** Called by the runtime when the alarm fires. */
  async alarm(): Promise<void> {
    await this.#job.wake();
  }

  async #allows(name: string, perMinute: number): Promise<boolean> {
    return await allows(this.ctx.storage, name, perMinute);
  }

  async #open(): Promise<Mirror> {
    const database = durableObject(this.ctx.storage);
    return this.#mirror ??= await openCopy(database, this.#owner!.id);
  }
}
