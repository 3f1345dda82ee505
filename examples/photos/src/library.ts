/**
 * The copy of one user's library: a Durable Object, so that there is one of it in
 * the world, and one run at a time.
 *
 * @module
 */
import {
  AuthenticationError,
  HttpError,
  isImmichError,
  type Session,
  type User,
} from "@immich-edge/sync";
import {
  createMirror,
  durableObject,
  type Mirror,
} from "@immich-edge/sync/mirror";
import { DurableObject } from "cloudflare:workers";
import { Notifier } from "./notifier.ts";
import {
  addProgress,
  addRequests,
  type Copy,
  EMPTY_COPY,
  endRun,
  failRun,
  mayHaveChanged,
  nextAlarm,
  startRun,
  startWindow,
} from "./copy.ts";
import type { Env } from "./env.ts";
import { Logins } from "./logins.ts";
import {
  type Album,
  countYears,
  isVisible,
  type PhotoDetails,
  type PhotoPage,
  type PhotoQuery,
  readAlbum,
  readAlbums,
  readPhoto,
  readPhotos,
} from "./photos.ts";
import { syncWindow } from "./sync_window.ts";

/** Time between two reports of progress, in milliseconds. */
const REPORT_MS = 250;

/** Who a copy is of. */
export type Owner = Pick<User, "id" | "name" | "email">;

/** What a page shows. */
export interface LibraryView {
  /** Who is signed in. */
  owner: Owner;
  /** How the copy is. */
  copy: Copy;
  /** All albums, on the first page. */
  albums: Album[];
  /** The album that the page is of. */
  album?: Album;
  /** Pictures. */
  page: PhotoPage;
}

/** The copy of a user's library. Each browser that is signed in has a ticket. */
export class Library extends DurableObject<Env> {
  readonly #logins: Logins;
  readonly #changed = new Notifier();
  #copy: Copy = EMPTY_COPY;
  #owner: Owner | undefined;
  #mirror: Mirror | undefined;

  /** Made by the runtime, when it is called or wakes; takes up what it was at. */
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#logins = new Logins(ctx.storage);
    void ctx.blockConcurrencyWhile(async () => {
      const { storage } = ctx;
      this.#copy = await storage.get<Copy>("copy") ?? EMPTY_COPY;
      this.#owner = await storage.get<Owner>("owner");
      const isTornDown = this.#copy.phase === "running" &&
        await storage.getAlarm() === null;
      if (!isTornDown) return;
      // Where nothing can be written for now, there is still something to read.
      await storage.setAlarm(Date.now()).catch(console.error);
    });
  }

  /** Begins a login; gives its ticket. */
  async signIn(owner: Owner, session: Session): Promise<string> {
    this.#owner = owner;
    await this.ctx.storage.put("owner", owner);
    const ticket = await this.#logins.add(session);
    // What was under way before the last login ended goes on.
    if (this.#copy.phase === "ended") await this.#start();
    return ticket;
  }

  /** Ends a login, here and on the server. The copy stays. */
  async signOut(ticket: string): Promise<void> {
    await this.#logins.end(ticket);
  }

  /** Drops a login that the server has ended. The copy stays. */
  async drop(ticket: string): Promise<void> {
    await this.#logins.drop(ticket);
  }

  /** Whether a ticket is that of a login. */
  async knows(ticket: string): Promise<boolean> {
    return await this.#logins.get(ticket) !== undefined;
  }

  /** What a page shows; nothing for those who are not signed in. */
  async view(
    ticket: string,
    query: PhotoQuery,
  ): Promise<LibraryView | undefined> {
    if (!await this.knows(ticket)) return undefined;
    const mirror = await this.#open();
    const { albumId, before } = query;
    const isFirst = albumId === undefined && before === undefined;
    const album = albumId && await readAlbum(mirror, albumId);
    return {
      owner: this.#owner!,
      copy: this.#copy,
      // To count them reads every photo of theirs: once, on the first page.
      albums: isFirst ? await readAlbums(mirror) : [],
      page: await readPhotos(mirror, query),
      ...(album ? { album } : {}),
    };
  }

  /** What the page of one picture shows; nothing if there is none, or nobody is signed in. */
  async photo(
    ticket: string,
    id: string,
    albumId?: string,
  ): Promise<PhotoDetails & { owner: Owner } | undefined> {
    if (!await this.knows(ticket)) return undefined;
    const details = await readPhoto(await this.#open(), id, albumId);
    return details && { ...details, owner: this.#owner! };
  }

  /** The session to fetch a picture with, if it is one of the copy. */
  async sessionFor(
    ticket: string,
    assetId: string,
  ): Promise<Session | undefined> {
    const session = await this.#logins.get(ticket);
    if (session === undefined) return undefined;
    return await isVisible(await this.#open(), assetId) ? session : undefined;
  }

  /** Has the copy brought up to date. A run that is under way goes on. */
  async sync(ticket: string): Promise<void> {
    if (!await this.knows(ticket)) return;
    if (this.#copy.phase !== "running") await this.#start();
  }

  /** Tells how the copy is, at once and whenever that changes, until a run is over or nobody listens. */
  async watch(
    ticket: string,
    notify: (copy: Copy) => Promise<boolean>,
  ): Promise<void> {
    if (!await this.knows(ticket)) return;
    while (true) {
      const change = this.#changed.wait();
      // What was told decides: the run may have ended meanwhile, untold.
      const copy = this.#copy;
      const listens = await notify(copy);
      if (!listens || copy.phase !== "running") return;
      await Promise.all([change, pause(REPORT_MS)]);
    }
  }

  /** Woken by its alarm: carries out one window of a run, and says when to go on. */
  async alarm(): Promise<void> {
    const isUnderWay = this.#copy.phase === "running";
    const copy = isUnderWay ? this.#copy : startRun(this.#copy, Date.now());
    await this.#set(startWindow(copy));
    try {
      await this.#carryOut();
    } catch (error) {
      if (isImmichError(error)) console.warn(error.message);
      else console.error(error);
      await this.#set(failRun(this.#copy, error, Date.now()));
    }
    await this.#schedule();
  }

  async #carryOut(): Promise<void> {
    const mirror = await this.#open();
    const { session, isNew } = await this.#logins.forCopy();
    let events = 0;
    try {
      const isComplete = await syncWindow(mirror, session, {
        onProgress: (progress) => {
          this.#copy = addProgress(this.#copy, progress, events);
          events = progress.events;
          this.#changed.notify();
        },
        onRequest: () => {
          this.#copy = addRequests(this.#copy, 1);
        },
      });
      const copy = this.#copy;
      await this.#set(isComplete ? await summarize(copy, mirror) : copy);
    } catch (error) {
      if (!(error instanceof AuthenticationError)) throw error;
      // This session is over; a login may be left to make another one of.
      await this.#logins.dropForCopy();
      // A server that refuses what it has just made would be asked for ever.
      if (isNew && events === 0) {
        throw new HttpError(error.message, { status: error.status });
      }
      await this.#set(this.#copy);
    }
  }

  async #start(): Promise<void> {
    await this.#set(startRun(this.#copy, Date.now()));
    await this.#schedule();
  }

  async #schedule(): Promise<void> {
    const everyMs = Number(this.env.SYNC_EVERY_MINUTES ?? "60") * 60_000;
    const time = nextAlarm(this.#copy, everyMs, Date.now());
    if (time !== undefined) await this.ctx.storage.setAlarm(time);
  }

  async #set(copy: Copy): Promise<void> {
    this.#copy = copy;
    await this.ctx.storage.put("copy", copy);
    this.#changed.notify();
  }

  async #open(): Promise<Mirror> {
    // Nobody else can hold this mirror: only a run of its own that was torn down.
    return this.#mirror ??= await createMirror(
      durableObject(this.ctx.storage),
      { userId: this.#owner!.id, leaseMs: 1000 },
    );
  }
}

/** Ends a run. Counting reads everything, so it is done when something has changed, and not for each page. */
async function summarize(copy: Copy, mirror: Mirror): Promise<Copy> {
  const ended = endRun(copy, Date.now());
  if (!mayHaveChanged(copy)) return ended;
  const { rows } = await mirror.status();
  return { ...ended, rows, years: await countYears(mirror) };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
