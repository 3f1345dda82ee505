/**
 * The exit codes of the command.
 *
 * @module
 */

/** Name → exit code. */
export const EXIT = {
  /** The command succeeded. */
  done: 0,
  /** `audit` or `check` found something wrong. */
  differs: 1,
  /** The command was used incorrectly. */
  usage: 2,
  /** The server, the network or the file failed. */
  failed: 3,
  /** Nobody is signed in. */
  signedOut: 4,
  /** Another run is updating the file. */
  busy: 5,
  /** A bug: `EX_SOFTWARE` in sysexits.h. */
  bug: 70,
  /** Stopped by Ctrl-C: 128 + SIGINT. */
  interrupted: 130,
  /** The program reading the output closed the pipe: 128 + SIGPIPE. */
  closedPipe: 141,
} as const;

/** The exit codes, for the help text. */
export const EXIT_HELP = `Exit codes:
  0    done
  1    audit or check found something wrong
  2    a mistake in the arguments or the path
  3    the server, the network or the file failed
  4    not signed in
  5    another run is updating the file
  70   a bug in the command
  130  stopped with Ctrl-C
  141  the program reading the output closed the pipe`;
