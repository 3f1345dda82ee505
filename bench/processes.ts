/**
 * The process of workerd that answers at an address, and what the kernel counts
 * for it: workerd's own clock stands still while code runs.
 *
 * @module
 */

/** What the kernel counts CPU time in. */
const TICKS_PER_SECOND = 100;

/** How the kernel writes that a socket listens. */
const LISTENS = "0A";

/** Id of the process of workerd that listens at an address of this machine. */
export async function findWorkerd(url: string): Promise<string> {
  const socket = await findSocket(Number(new URL(url).port));
  const { stdout } = await new Deno.Command("pgrep", {
    args: ["-P", String(Deno.pid), "workerd"],
  }).output();
  const ids = new TextDecoder().decode(stdout).split("\n").filter(Boolean);
  for (const id of ids) if (await hasSocket(id, socket)) return id;
  throw new Error(`Cannot find workerd: none listens at ${url}`);
}

/** Whether a process holds a socket. A process that has just ended holds none. */
async function hasSocket(id: string, socket: string): Promise<boolean> {
  try {
    for await (const { name } of Deno.readDir(`/proc/${id}/fd`)) {
      const target = await Deno.readLink(`/proc/${id}/fd/${name}`)
        .catch(() => ""); // Closed meanwhile.
      if (target === socket) return true;
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return false;
}

/** The socket that listens at a port, as links to it are called. */
async function findSocket(port: number): Promise<string> {
  const table = await Deno.readTextFile("/proc/net/tcp");
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  for (const line of table.split("\n")) {
    const [, address, , state, , , , , , inode] = line.trim().split(/ +/);
    if (address?.endsWith(`:${hex}`) && state === LISTENS) {
      return `socket:[${inode}]`;
    }
  }
  throw new Error(`Cannot find workerd: nobody listens at port ${port}`);
}

/** CPU time of a process so far, in milliseconds. */
export async function cpuTime(id: string): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${id}/stat`);
  // The name of the process is in parentheses, and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  return ticks * 1000 / TICKS_PER_SECOND;
}
