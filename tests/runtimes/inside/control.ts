/** Asks the process that has the servers. */

let address = "";

/** Tells where that process listens. */
export function setControl(url: string): void {
  address = url;
}

/** Has something done there. */
export async function ask(path: string, body: BodyInit): Promise<Response> {
  // Not called as a method: workerd refuses that (seen 2026-11).
  const { fetch } = globalThis;
  const answer = await fetch(`${address}/${path}`, { method: "POST", body });
  if (answer.ok) return answer;
  throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
}

/** Has something done there, and takes what comes of it. */
export async function askJson<T>(path: string, value: unknown): Promise<T> {
  return await (await ask(path, JSON.stringify(value))).json();
}
