/**
 * Finds the workerd process at an address.
 *
 * @module
 */

/** The kernel's code for a listening socket. */
const LISTENS = "0A";

/** Returns the id of the workerd process that is listening on a local address. */
export async function findWorkerd(url: string): Promise<string> {
  const socket = await findSocket(Number(new URL(url).port));
  const { stdout } = await new Deno.Command("pgrep", {
    args: ["-P", String(Deno.pid), "workerd"],
  }).output();
  const ids = new TextDecoder().decode(stdout).split("\n").filter(Boolean);
  for (const id of ids) if (await hasSocket(id, socket)) return id;
  throw new Error(`Cannot find workerd: no process is listening on ${url}`);
}

/** Returns whether a process has a socket open. A process that has just ended has no sockets. */
async function hasSocket(id: string, socket: string): Promise<boolean> {
  try {
    for await (const { name } of Deno.readDir(`/proc/${id}/fd`)) {
      const target = await Deno.readLink(`/proc/${id}/fd/${name}`)
        .catch(() => ""); // The descriptor was closed in the meantime.
      if (target === socket) return true;
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return false;
}

/**
 * Finds the socket that is listening on a port. Returns the socket's name, as
 * used by links in `/proc`.
 */
async function findSocket(port: number): Promise<string> {
  const table = await Deno.readTextFile("/proc/net/tcp");
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  for (const line of table.split("\n")) {
    const [, address, , state, , , , , , inode] = line.trim().split(/ +/);
    if (address?.endsWith(`:${hex}`) && state === LISTENS) {
      return `socket:[${inode}]`;
    }
  }
  throw new Error(
    `Cannot find workerd: no process is listening on port ${port}`,
  );
}
