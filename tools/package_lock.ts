/**
 * The package-lock.json files of the sample workers.
 *
 * @module
 */
import config from "../deno.json" with { type: "json" };

/** The samples that are installed with npm. */
export const LOCKED_EXAMPLES: readonly string[] = ["worker", "photos"];

/** An entry in package-lock.json. */
export interface LockedPackage {
  name?: string;
  version?: string;
  resolved?: string;
  integrity?: string;
  dependencies?: Record<string, string>;
}

/** The part of package-lock.json that the tools use. */
export interface PackageLock {
  packages: Record<string, LockedPackage>;
}

/**
 * Replaces the entry of this package in a package-lock.json.
 *
 * @param specifier The specifier in package.json.
 */
export function setOwn(
  { packages }: PackageLock,
  specifier: string,
  own: LockedPackage,
): void {
  packages[""]!.dependencies![config.name] = specifier;
  packages[`node_modules/${config.name}`] = own;
}
