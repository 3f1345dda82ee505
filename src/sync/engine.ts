/**
 * One run of the sync loop: streams, batches, acks, resets and resumes.
 *
 * @module
 */
import { SyncError } from "../errors/mod.ts";
import {
  adaptSyncTypes,
  isAtLeast,
  type ServerVersion,
  type SyncEvent,
  type SyncRequestType,
} from "../protocol/mod.ts";
import type { Session } from "../http/mod.ts";
import { AckBuffer } from "./ack_buffer.ts";
import { type GivenBatch, toGiven } from "./batch.ts";
import { Ledger } from "./ledger.ts";
import { type RunSettings, type SyncOptions, toSettings } from "./options.ts";
import { ReadAhead, type StreamEnd } from "./read_ahead.ts";
import { isRetryable, Retrier } from "./retrier.ts";
import { Settling } from "./settling.ts";
import type { RunStep, RunSteps, SyncPass } from "./steps.ts";

/** Batches that are read ahead of the one that is processed. */
const MAX_BATCHES_AHEAD = 2;

/** One run. */
export class Run {
  readonly #session: Session;
  readonly #types: readonly SyncRequestType[];
  readonly #options: SyncOptions;
  readonly #settings: RunSettings;
  readonly #sweeps: boolean;
  readonly #acks: AckBuffer;
  readonly #ledger: Ledger;
  readonly #retrier: Retrier;
  /** Whether the next stream has to start from zero. */
  #fromZero = false;
  /** Batches that were given out and are not stored yet, in their order. */
  #given: GivenBatch[] = [];
  /** What sending acks failed with, to be dealt with when the run goes on. */
  #ackFailure: unknown;
  /** Whether a checkpoint has moved since the stream was opened. */
  #progressed = false;
  #over = false;
  #settling = new Settling();

  /**
   * Prepares a run.
   *
   * @param sweeps Whether a full pass needs no wipe.
   */
  constructor(
    session: Session,
    types: readonly SyncRequestType[],
    options: SyncOptions,
    sweeps: boolean,
  ) {
    this.#session = session;
    this.#types = types;
    this.#options = options;
    this.#settings = toSettings(options);
    this.#sweeps = sweeps;
    const { source } = this.#settings;
    this.#acks = new AckBuffer({
      ...this.#settings,
      post: (acks) => source.syncAck(session, acks, options),
    });
    this.#ledger = new Ledger(this.#settings.onProgress);
    this.#retrier = new Retrier(this.#ledger, this.#settings, options.signal);
  }

  /** Runs until the server says complete; to leave early ends the run. */
  async *steps(): RunSteps {
    let end: "left" | "complete" | "failed" = "left";
    try {
      const result = yield* this.#run();
      end = "complete";
      return result;
    } catch (error) {
      end = "failed";
      throw error;
    } finally {
      this.#over = true;
      if (end !== "complete") this.#ledger.go("fail");
      // Whoever leaves has said of some batches that they are stored.
      if (end === "left" && !this.#options.signal?.aborted) {
        await this.#sendAcks().catch(() => {});
      }
    }
  }

  async *#run(): RunSteps {
    this.#options.signal?.throwIfAborted();
    const version = await this.#readVersion();
    const types = version === undefined
      ? this.#types
      : adaptSyncTypes(this.#types, version);
    const saysComplete = version === undefined || isAtLeast(version, "1.141.0");
    const kind = this.#isFullPassDue() ? "full" : "changes";
    let pass = this.#startPass(kind, types);
    if (pass.kind === "full") {
      await this.#startFromZero(version);
      if (this.#options.reset || !this.#sweeps) yield { kind: "wipe" };
    }
    const isOpen = yield { kind: "begin", pass };

    while (true) {
      const end = yield* this.#stream(types, saysComplete);
      const complete = end.kind === "complete";
      if (complete || (end.kind === "end" && !saysComplete)) {
        const isFull = this.#sweeps &&
          (pass.kind === "full" || isOpen === true);
        const isStored = this.#given.length === 0;
        if (isStored && this.#settling.needsFurther(isFull, pass.kind)) {
          await this.#retrier.persist(() => this.#sendAcks());
          continue;
        }
        const { isQuiet } = this.#settling;
        yield { kind: "end", pass: { ...pass, isQuiet } };
        const ack = complete && isStored ? end.ack : "";
        await this.#retrier.persist(() => this.#sendAcks(ack));
        this.#ledger.go("complete");
        return this.#ledger.toResult(complete, this.#lastFullAt(pass));
      }
      if (end.kind === "reset") pass = yield* this.#reset(end.ack, types);
      else await this.#recover(end);
    }
  }

  /** Reads one stream; every batch of it is given out before its end is. */
  async *#stream(
    types: readonly SyncRequestType[],
    saysComplete: boolean,
  ): AsyncGenerator<RunStep, StreamEnd, boolean | void> {
    this.#ledger.go("open");
    this.#progressed = false;
    this.#settling.open();
    const { batchSize, maxPauseMs } = this.#settings;
    let ahead: ReadAhead;
    try {
      const stream = await this.#open(types, saysComplete);
      const maxBatches = MAX_BATCHES_AHEAD;
      ahead = new ReadAhead(stream, { batchSize, maxBatches, maxPauseMs });
    } catch (error) {
      return { kind: "error", error };
    }
    this.#fromZero = false;
    try {
      while (true) {
        const next = await ahead.next();
        this.#options.signal?.throwIfAborted();
        if ("kind" in next) {
          if (this.#given.length === 0) this.#acks.add(ahead.acks, 0, "");
          return next;
        }
        const given = toGiven(next);
        this.#given.push(given);
        this.#settling.add(next);
        const stored = () => this.#store(given);
        yield { kind: "batch", batch: next, stored };
        const error = this.#ackFailure;
        if (error !== undefined) return { kind: "error", error };
      }
    } finally {
      await ahead.close();
    }
  }

  async #open(
    types: readonly SyncRequestType[],
    saysComplete: boolean,
  ): Promise<ReadableStream<SyncEvent>> {
    const { serverVersion: _, ...options } = this.#options;
    const { source, onPoison } = this.#settings;
    const onBadLine = () => this.#ledger.addSkipped();
    return await source.syncStream(this.#session, types, {
      ...options,
      reset: this.#fromZero,
      terminator: saysComplete ? "required" : "optional",
      onBytes: (bytes) => this.#ledger.addBytes(bytes),
      ...(onPoison === "skip" ? { onBadLine } : {}),
    });
  }

  /** Everything before is void: for the copy first, and then for the server. */
  async *#reset(
    ack: string,
    types: readonly SyncRequestType[],
  ): AsyncGenerator<RunStep, SyncPass, boolean | void> {
    const { maxResets, source } = this.#settings;
    if (this.#ledger.state.resets >= maxResets) {
      throw new SyncError(
        `Cannot sync: the server voided everything more than ${maxResets} times`,
        { code: "reset_loop" },
      );
    }
    this.#given = [];
    await this.#acks.clear();
    this.#ledger.go("reset");
    if (!this.#sweeps) yield { kind: "wipe" };
    this.#settling = new Settling();
    const pass = this.#startPass("full", types);
    yield { kind: "begin", pass };
    if (ack === "") {
      // Servers from 1.136 to 1.137 want to be asked, not answered.
      this.#fromZero = true;
    } else {
      // Never both: a server that answers every question with a reset would loop.
      await this.#retrier.persist(() =>
        source.syncAck(this.#session, [ack], this.#options)
      );
    }
    return pass;
  }

  /** Notes that a batch and those before it are stored, and acknowledges if that is due. */
  async #store(last: GivenBatch): Promise<void> {
    const count = this.#given.indexOf(last) + 1;
    for (const { type, events, acks, rowAck } of this.#given.splice(0, count)) {
      this.#acks.add(acks, events, rowAck);
      this.#ledger.addStored(type, events);
    }
    if (this.#options.signal?.aborted) return;
    if (this.#over) return await this.#sendAcks();
    if (!this.#acks.due) return;
    await this.#sendAcks().catch((error) => this.#ackFailure = error);
  }

  /** Sends the acks of what is stored, and one behind them. */
  async #sendAcks(last = ""): Promise<void> {
    const moved = await this.#acks.send(last);
    if (!moved || this.#over) return;
    this.#progressed = true;
    this.#ledger.go("progress");
  }

  /** Brings a run back after its stream broke, or was cut for a slow consumer. */
  async #recover(end: StreamEnd): Promise<void> {
    this.#options.signal?.throwIfAborted();
    const failure = end.kind === "error" ? end.error : undefined;
    if (failure !== undefined && !isRetryable(failure)) {
      // Whatever ends the run, what is stored does not have to come again; but
      // acks that were refused would be refused again.
      if (failure !== this.#ackFailure) {
        await this.#retrier.persist(() => this.#sendAcks()).catch(() => {});
      }
      this.#options.signal?.throwIfAborted();
      throw failure;
    }
    const ackFailure = this.#ackFailure ??
      await this.#sendAcks().catch((error) => error);
    this.#ackFailure = undefined;
    const cause = ackFailure ?? failure;
    if (end.kind === "paused" && cause === undefined && this.#progressed) {
      return this.#ledger.go("pause");
    }
    await this.#retrier.waitAfter(cause ?? this.#ledger.toCut());
    await this.#retrier.persist(() => this.#sendAcks());
  }

  async #readVersion(): Promise<ServerVersion | undefined> {
    const { serverVersion: known } = this.#options;
    if (known !== undefined) return known || undefined;
    const { source } = this.#settings;
    return await this.#retrier.persist(async () =>
      await source.serverVersion?.(this.#session, this.#options)
    );
  }

  #isFullPassDue(): boolean {
    const { full, now } = this.#settings;
    if (this.#options.reset) return true;
    if (typeof full === "boolean") return full;
    const { lastFullAt, everyMs } = full;
    return typeof lastFullAt !== "number" || now() - lastFullAt >= everyMs;
  }

  #startPass(
    kind: SyncPass["kind"],
    types: readonly SyncRequestType[],
  ): SyncPass {
    return { kind, startedAt: this.#settings.now(), types };
  }

  /** When the last full pass began: this one, or one that the caller knows of. */
  #lastFullAt({ kind, startedAt }: SyncPass): number | undefined {
    const { full } = this.#settings;
    const told = typeof full === "object" ? full.lastFullAt : undefined;
    return kind === "full" ? startedAt : told ?? undefined;
  }

  /** Makes the server forget what it knows of the copy, before the copy is wiped. */
  async #startFromZero(version: ServerVersion | undefined): Promise<void> {
    const { source } = this.#settings;
    // The other way round, a run that breaks between the two leaves an empty
    // copy, and a server that takes it for full.
    await this.#retrier.persist(async () =>
      await source.deleteSyncAcks?.(this.#session, this.#options)
    );
    // This settles a reset that is due in any case; older servers do not know it.
    this.#fromZero = version === undefined || isAtLeast(version, "1.136.0");
  }
}
