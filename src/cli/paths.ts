/**
 * Where the command keeps its files.
 *
 * @module
 */
import { realpathSync } from "node:fs";
import { basename, dirname, join, posix, resolve, win32 } from "node:path";
import type { Io } from "./io.ts";

const NAME = "immich-sync";

/**
 * Returns the directory for the login and the sessions, in the place that the
 * platform provides.
 */
export function configDirectory(
  { env, home, platform }: Pick<Io, "env" | "home" | "platform">,
): string {
  if (platform === "win32") {
    const base = env.APPDATA || win32.join(home, "AppData", "Roaming");
    return win32.join(base, NAME);
  }
  if (platform === "darwin") {
    return posix.join(home, "Library", "Application Support", NAME);
  }
  // The XDG specification says to ignore relative paths.
  const base = env.XDG_CONFIG_HOME ?? "";
  return posix.isAbsolute(base)
    ? posix.join(base, NAME)
    : posix.join(home, ".config", NAME);
}

/**
 * Returns the one path of a file that may not exist yet: absolute, without
 * symbolic links, and in the letter case that the file system uses.
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
    // Nor does its folder, which is reported when the file is opened.
    return path;
  }
}
