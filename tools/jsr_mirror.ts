/**
 * A JSR registry for machines that cannot reach jsr.io: speaks its protocol on
 * a loopback port, and serves what this repository uses of @std from the npm
 * package `deno-std`.
 *
 * Only {@linkcode ../with_jsr.ts} starts it, and only where jsr.io is silent.
 *
 * @module
 */
import config from "../deno.json" with { type: "json" };

/** The exports that this repository uses: package → export → npm module and declarations. */
const PACKAGES: Record<
  string,
  Record<string, [module: string, types: string]>
> = {
  "@std/assert": {
    ".": ["npm:deno-std@1.4.0/assert/mod.js", "assert.d.ts"],
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
  /** Its address, for `JSR_URL`. */
  url: string;
}

/** Starts a mirror on a free loopback port. */
export async function startMirror(): Promise<Mirror> {
  const files = await buildFiles();
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

/** Every file of the registry: path → content. */
async function buildFiles(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const [name, exports] of Object.entries(PACKAGES)) {
    const version = requiredVersion(name);
    const manifest: Record<string, { size: number; checksum: string }> = {};
    const add = async (path: string, content: string) => {
      files.set(`/${name}/${version}${path}`, content);
      manifest[path] = await describe(content);
    };
    const entryPoints: Record<string, string> = {};
    for (const [entryPoint, [module, types]] of Object.entries(exports)) {
      const path = `/${types.replace(".d.ts", ".js")}`;
      const declarations = new URL(`std/${types}`, import.meta.url);
      await add(`/${types}`, await Deno.readTextFile(declarations));
      await add(
        path,
        `/* @ts-self-types="./${types}" */\nexport * from "${module}";\n`,
      );
      entryPoints[entryPoint] = `.${path}`;
    }
    const scope = { versions: { [version]: {} }, latest: version };
    files.set(`/${name}/meta.json`, JSON.stringify(scope));
    files.set(
      `/${name}/${version}_meta.json`,
      JSON.stringify({ manifest, exports: entryPoints }),
    );
  }
  return files;
}

/** The version that the mirror passes for: the lowest that deno.json accepts. */
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
