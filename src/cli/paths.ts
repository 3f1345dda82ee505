/**
 * Where the command keeps its files.
 *
 * @module
 */
import { realpathSync } from "node:fs";
import { basename, dirname, join, posix, resolve, win32 } from "node:path";
import { UsageError } from "./errors.ts";
import type { Io } from "./io.ts";

const NAME = "immich-sync";

/**
 * Returns the directory for the login and the sessions, which depends on the platform.
 *
 * @throws {UsageError} If the user has no home directory.
 */
export function configDirectory(
  { env, home, platform }: Pick<Io, "env" | "home" | "platform">,
): string {
  if (platform === "win32") {
    const base = env.APPDATA || win32.join(home, "AppData", "Roaming");
    return below(base, win32, "APPDATA");
  }
  if (platform === "darwin") {
    return below(posix.join(home, "Library", "Application Support"), posix);
  }
  // The XDG specification says to ignore relative paths.
  const base = env.XDG_CONFIG_HOME ?? "";
  return posix.isAbsolute(base)
    ? posix.join(base, NAME)
    : below(posix.join(home, ".config"), posix, "HOME or XDG_CONFIG_HOME");
}

function below(
  base: string,
  { isAbsolute, join }: Pick<typeof posix, "isAbsolute" | "join">,
  variable = "HOME",
): string {
  if (isAbsolute(base)) return join(base, NAME);
  throw new UsageError(
    `Cannot find your home directory: set ${variable} to an absolute path`,
  );
}

/**
 * Returns whether an argument looks like the path of a file: it has a folder or an
 * extension, such as `./photos` or `photos.db`.
 */
export function looksLikePath(argument: string): boolean {
  return /[\\/]|\.[a-z]\w+$/i.test(argument);
}

/**
 * Returns the canonical path of a file, which may not exist yet: absolute,
 * without symbolic links, and in the file system's letter case.
 */
export function realPath(file: string): string {
  const path = resolve(file);
  try {
    return realpathSync.native(path);
  } catch {
    // The file does not exist yet.
  }
  try {
    return join(realpathSync.native(dirname(path)), basename(path));
  } catch {
    // Nor does its folder; opening the file reports that.
    return path;
  }
}
