/**
 * A JSR registry for machines that cannot reach jsr.io. It listens on a
 * loopback port and serves the parts of @std used in this repository, which
 * come from the npm package `deno-std`.
 *
 * `with_jsr.ts` starts this registry if jsr.io is not reachable. A test uses
 * the registry to add this package to a project.
 *
 * @module
 */
import config from "../deno.json" with { type: "json" };
import { ROOT } from "./files.ts";
import { publishedFiles } from "./published.ts";

/** The exports in use: package → export → npm module and declarations. */
const PACKAGES: Record<
  string,
  Record<string, [module: string, types: string]>
> = {
  "@std/assert": {
    ".": ["npm:deno-std@1.4.0/assert/mod.js", "assert.d.ts"],
  },
  "@std/json": {
    "./parse-stream": [
      "npm:deno-std@1.4.0/json/parse_stream.js",
      "json_parse_stream.d.ts",
    ],
  },
  "@std/streams": {
    "./text-line-stream": [
      "npm:deno-std@1.4.0/streams/text_line_stream.js",
      "text_line_stream.d.ts",
    ],
  },
};

/** A running mirror. */
export interface Mirror extends AsyncDisposable {
  /** The mirror's address, for use as `JSR_URL`. */
  url: string;
}

/**
 * Starts a mirror on a free loopback port.
 *
 * @param own Whether to serve this package too, as if it were published.
 */
export async function startMirror(own = false): Promise<Mirror> {
  const files = await buildFiles();
  if (own) await addOwn(files);
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => {
      const file = files.get(new URL(request.url).pathname);
      return file === undefined
        ? new Response(null, { status: 404 })
        : new Response(file);
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Creates the files served by the registry: path → content. */
async function buildFiles(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const [name, exports] of Object.entries(PACKAGES)) {
    const contents = new Map<string, string>();
    const entryPoints: Record<string, string> = {};
    for (const [entryPoint, [module, types]] of Object.entries(exports)) {
      const path = `/${types.replace(".d.ts", ".js")}`;
      const declarations = new URL(`std/${types}`, import.meta.url);
      contents.set(`/${types}`, await Deno.readTextFile(declarations));
      contents.set(
        path,
        `/* @ts-self-types="./${types}" */\nexport * from "${module}";\n`,
      );
      entryPoints[entryPoint] = `.${path}`;
    }
    const version = requiredVersion(name);
    await addPackage(files, { name, version, exports: entryPoints, contents });
  }
  return files;
}

interface Package {
  name: string;
  version: string;
  exports: Record<string, string>;
  contents: Map<string, string>;
}

async function addPackage(
  files: Map<string, string>,
  { name, version, exports, contents }: Package,
): Promise<void> {
  const manifest: Record<string, { size: number; checksum: string }> = {};
  for (const [path, content] of contents) {
    files.set(`/${name}/${version}${path}`, content);
    manifest[path] = await describe(content);
  }
  const versions = { versions: { [version]: {} }, latest: version };
  files.set(`/${name}/meta.json`, JSON.stringify(versions));
  const meta = JSON.stringify({ manifest, exports });
  files.set(`/${name}/${version}_meta.json`, meta);
}

/**
 * Adds this package, and replaces its import specifiers as JSR does when a
 * package is published.
 */
async function addOwn(files: Map<string, string>): Promise<void> {
  const contents = new Map<string, string>();
  const streams = config.imports["@std/streams"];
  for (const path of await publishedFiles()) {
    const text = await Deno.readTextFile(new URL(path, ROOT));
    const written = path.endsWith(".ts")
      ? text.replaceAll('from "@std/streams/', `from "${streams}/`)
      : text;
    contents.set(`/${path}`, written);
  }
  const { name, version, exports } = config;
  await addPackage(files, { name, version, exports, contents });
}

/** Returns the version to serve: the lowest version that deno.json accepts. */
function requiredVersion(name: string): string {
  const imports: Record<string, string> = config.imports;
  return imports[name]!.replace(`jsr:${name}@^`, "");
}

async function describe(content: string) {
  const bytes = new TextEncoder().encode(content);
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return {
    size: bytes.length,
    checksum: `sha256-${new Uint8Array(digest).toHex()}`,
  };
}
