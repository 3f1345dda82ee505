/**
 * An imitation of JSR's npm registry, on a loopback port. Like JSR, it serves
 * each module as JavaScript and declarations, and each JSR dependency as a
 * separate package.
 */
import config from "../../deno.json" with { type: "json" };
import { npmModules } from "../../tools/npm_package.ts";
import { writeFiles } from "../../tools/pack.ts";
import { run } from "../../tools/run.ts";
import { ROOT } from "../support/sources.ts";
import { listen, type Listening } from "../support/listen.ts";

/** A package's package.json, and its other files. */
interface Package {
  manifest: { name: string; version: string } & Record<string, unknown>;
  files: Map<string, string>;
}

const STREAMS = "@jsr/std__streams";
const [, STREAMS_VERSION = ""] = config.imports["@std/streams"].split("@^");
const LINE_STREAM = "text-line-stream";
const VENDORED = "vendor/text_line_stream.js";

/** The name of this package in JSR's npm registry. */
export const JSR_NAME = "@jsr/immich-edge__sync";

/** Splits this package into the two packages that JSR would build. */
async function buildPackages(): Promise<Package[]> {
  const files = await npmModules();
  const { version } = config;
  const module = files.get(VENDORED)!;
  files.delete(VENDORED);
  for (const [path, text] of files) {
    const linked = text.replaceAll(
      new RegExp(`"(?:\\.\\./)*${RegExp.escape(VENDORED)}"`, "g"),
      `"${STREAMS}/${LINE_STREAM}"`,
    );
    files.set(path, linked);
  }
  const exports = Object.entries(config.exports).map(([entry, path]) => {
    const module = path.replace(/\.ts$/, "");
    return [entry, { types: `${module}.d.ts`, default: `${module}.js` }];
  });
  const types = await Deno.readTextFile(
    new URL("tools/std/text_line_stream.d.ts", ROOT),
  );
  const [file, declaration] = ["line_stream.js", "line_stream.d.ts"];
  return [{
    manifest: {
      name: JSR_NAME,
      version,
      type: "module",
      exports: Object.fromEntries(exports),
      dependencies: { [STREAMS]: `^${STREAMS_VERSION}` },
    },
    files,
  }, {
    manifest: {
      name: STREAMS,
      version: STREAMS_VERSION,
      type: "module",
      exports: {
        [`./${LINE_STREAM}`]: {
          types: `./${declaration}`,
          default: `./${file}`,
        },
      },
    },
    files: new Map([[file, module], [declaration, types]]),
  }];
}

/** Starts the registry. */
export async function startJsrRegistry(): Promise<Listening> {
  const directory = await Deno.makeTempDir({ prefix: "registry-" });
  const tarballs = new Map<string, Uint8Array<ArrayBuffer>>();
  const documents = new Map<string, (origin: string) => object>();
  for (const { manifest, files } of await buildPackages()) {
    const { name, version } = manifest;
    const folder = await Deno.makeTempDir({ dir: directory });
    await writeFiles(
      new Map([...files, ["package.json", JSON.stringify(manifest)]]),
      folder,
    );
    const [{ filename, integrity }] = JSON.parse(
      await run("npm", ["pack", "--json"], { cwd: folder }),
    );
    tarballs.set(`/${filename}`, await Deno.readFile(`${folder}/${filename}`));
    documents.set(`/${name}`, (origin) => ({
      name,
      "dist-tags": { latest: version },
      versions: {
        [version]: {
          ...manifest,
          dist: { tarball: `${origin}/${filename}`, integrity },
        },
      },
    }));
  }
  await Deno.remove(directory, { recursive: true });
  return listen((request) => {
    const { origin, pathname } = new URL(request.url);
    const path = decodeURIComponent(pathname);
    const tarball = tarballs.get(path);
    if (tarball !== undefined) return new Response(tarball);
    const toDocument = documents.get(path);
    if (toDocument !== undefined) return Response.json(toDocument(origin));
    return new Response(null, { status: 404 });
  });
}
