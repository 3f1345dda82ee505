/**
 * A placeholder that the bundle replaces with the test files: path → base64.
 */
export const FILES: Record<string, string> = {};
