// Runs all tests in a Node, Bun or Deno process, and prints one line of JSON
// for each.
import process from "node:process";

const [bundle, runtime, version, control] = process.argv.slice(2);
if (process.versions[runtime] !== version) {
  throw new Error(
    `Unexpected version: ${runtime} ${process.versions[runtime]}`,
  );
}
const { countCases, runCase } = await import(bundle);
for (let index = 0; index < countCases(); index++) {
  const outcome = await runCase(index, { runtime, control });
  const line = `${JSON.stringify({ index, of: countCases(), ...outcome })}\n`;
  await new Promise((done) => process.stdout.write(line, done));
}
process.exit();
