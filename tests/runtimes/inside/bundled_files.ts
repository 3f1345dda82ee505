/** Stands where the bundle has the files of the tests: path → base64. */
export const FILES: Record<string, string> = {};
