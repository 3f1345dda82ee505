/** A placeholder, replaced with the test files in the bundle: path → base64. */
export const FILES: Record<string, string> = {};
