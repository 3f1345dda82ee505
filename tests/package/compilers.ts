/** TypeScript, and the packages and libraries that declare the web globals. */

/** The newest compiler. */
export const TYPESCRIPT = "typescript@7.0.2";

/** The supported compilers, oldest first. */
export const COMPILERS: readonly string[] = [
  ...["5.4.5", "5.5.4", "5.6.3", "5.7.3", "5.8.3", "5.9.3", "6.0.3"],
  TYPESCRIPT.replace("typescript@", ""),
];

/**
 * The parts of Node used in the documentation, for projects without Node's
 * types.
 */
export const NODE_STUB = `declare module "node:fs" {
  export function existsSync(path: string): boolean;
  export function readFileSync(path: string, encoding: string): string;
  export function renameSync(from: string, to: string): void;
  export function rmSync(path: string): void;
  export function writeFileSync(
    path: string,
    text: string,
    options: { mode: number },
  ): void;
}
declare module "node:sqlite" {
  export class DatabaseSync {
    constructor(path: string);
    exec(sql: string): void;
    prepare(sql: string): {
      run(...params: (string | number | null)[]): { changes: number };
      all(...params: (string | number | null)[]): Record<string, unknown>[];
    };
  }
}
`;
