/** Programs that npm has, each in a version of its own. */

/** Where npm keeps a program; it comes with its package the first time. */
export async function installed(
  name: string,
  version: string,
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("npx", {
    args: ["-y", "-p", `${name}@${version}`, "-c", `command -v ${name}`],
  }).output();
  if (success) return new TextDecoder().decode(stdout).trim();
  throw new Error(
    `Cannot install ${name} ${version}: ${new TextDecoder().decode(stderr)}`,
  );
}
