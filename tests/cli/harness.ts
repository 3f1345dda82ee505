/** Runs the command in this process, against a fake server. */
import { join } from "node:path";
import { EXIT } from "../../src/cli/exit_codes.ts";
import { ClosedPipeError } from "../../src/cli/errors.ts";
import type { Io, Output } from "../../src/cli/io.ts";
import { run } from "../../src/cli/run.ts";
import { SYSTEM } from "../../src/http/mod.ts";
import { FakeImmich, type FakeImmichOptions } from "../../src/testing/mod.ts";

/** What a command printed, and how it ended. */
export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** The process of one command. */
export interface TestIo extends Io {
  readonly stdout: TestOutput;
  readonly stderr: TestOutput;
}

/** An output that keeps its text. */
export interface TestOutput extends Output {
  text: string;
  /** Whether the reader has closed the pipe. */
  isClosed: boolean;
  /** Called after each write. */
  onWrite: (text: string) => void;
}

/** A test's changes to an output. */
export type OutputInit = Partial<
  Pick<TestOutput, "isTerminal" | "isClosed" | "onWrite">
>;

/** A test's changes to a process. */
export interface IoInit extends Partial<Omit<Io, "stdout" | "stderr">> {
  stdout?: OutputInit;
  stderr?: OutputInit;
}

/** A server, and a user's computer. */
export interface Setup extends AsyncDisposable {
  fake: FakeImmich;
  /** A new directory, for files. */
  directory: string;
  /** The directory that contains the login and the sessions. */
  config: string;
  /** A path in the directory. */
  file: string;
  /** Creates a process. */
  io(init?: IoInit): TestIo;
  /** Runs a command. */
  cli(args: string | string[], init?: IoInit): Promise<Ended>;
  /** Signs in with a password. */
  login(): Promise<void>;
}

/** Creates a server and a computer on which nobody has signed in yet. */
export async function setUp(options: FakeImmichOptions = {}): Promise<Setup> {
  const fake = new FakeImmich(options);
  const directory = await Deno.realPath(await Deno.makeTempDir());
  const env = { XDG_CONFIG_HOME: join(directory, "config") };
  const setup: Setup = {
    fake,
    directory,
    config: join(directory, "config", "immich-sync"),
    file: join(directory, "photos.db"),
    io(init = {}) {
      const end = new AbortController();
      return {
        stdin: { isTerminal: false, setRawMode() {}, async *read() {} },
        env,
        platform: "linux",
        home: directory,
        // Short waits are skipped, and no test waits for longer ones.
        clock: {
          ...SYSTEM,
          sleep: (ms, signal) => SYSTEM.sleep(ms > 1_000 ? ms : 0, signal),
        },
        fetch: fake.fetch,
        signal: end.signal,
        interrupt: () => end.abort(new Error("Ctrl-C")),
        openBrowser() {},
        ...init,
        stdout: toOutput(init.stdout),
        stderr: toOutput(init.stderr),
      };
    },
    async cli(args, init = {}) {
      const io = setup.io(init);
      const list = typeof args === "string" ? args.split(" ") : args;
      const code = await run(list, io);
      return { code, stdout: io.stdout.text, stderr: io.stderr.text };
    },
    async login() {
      const { code, stderr } = await setup.cli(
        ["login", "--server", fake.baseUrl, "--email", fake.user.email],
        { env: { ...env, IMMICH_PASSWORD: "demo" } },
      );
      if (code !== EXIT.done) throw new Error(stderr);
    },
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
  return setup;
}

function toOutput(init: OutputInit = {}): TestOutput {
  const output: TestOutput = {
    isTerminal: false,
    columns: 100,
    text: "",
    isClosed: false,
    onWrite() {},
    write(text) {
      if (output.isClosed) return Promise.reject(new ClosedPipeError());
      output.text += text;
      output.onWrite(text);
      return Promise.resolve();
    },
  };
  return Object.assign(output, init);
}
