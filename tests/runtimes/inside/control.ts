/** Sends commands to the process that runs the servers. */

let address = "";

/** Sets the address of the process that runs the servers. */
export function setControl(url: string): void {
  address = url;
}

/** Sends a command, and returns the text of the response. */
export async function ask(path: string, body: BodyInit): Promise<Response> {
  // Not called as a method: workerd refuses that (seen 2026-11).
  const { fetch } = globalThis;
  const answer = await fetch(`${address}/${path}`, { method: "POST", body });
  if (answer.ok) return answer;
  throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
}

/** Sends a command, and returns its JSON result. */
export async function askJson<T>(path: string, value: unknown): Promise<T> {
  return await (await ask(path, JSON.stringify(value))).json();
}
