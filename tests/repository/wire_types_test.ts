/**
 * Uses the type checker to compare the protocol types with the types declared
 * by servers.
 */
import { assert, assertEquals } from "@std/assert";
import entities from "../protocol/entities.json" with { type: "json" };
import shapes25 from "../protocol/shapes-2.5.6.json" with { type: "json" };
import shapes31 from "../protocol/shapes-3.1.0.json" with { type: "json" };
import { test } from "../support/test.ts";

type Shapes = Record<string, Record<string, string> | string[]>;

const GENERATIONS: Record<string, Shapes> = {
  V25: shapes25.shapes,
  V31: shapes31.shapes,
  V32: {
    UserAdminResponseDto: {
      ...shapes31.shapes.UserAdminResponseDto,
      clusterGroupId: "string<uuid>",
    },
  },
};

/**
 * The wire types that exist only on the server's main branch and are expected
 * in 3.3.0.
 */
const UNRELEASED = {
  AuthUserV2: "SyncAuthUserV2",
  AssetFaceV3: "SyncAssetFaceV3",
};

/** Our types that have a different name on the wire. */
const NAMES: Record<string, string> = {
  LoginResponse: "LoginResponseDto",
  LogoutResponse: "LogoutResponseDto",
  ServerVersion: "ServerVersionResponseDto",
  User: "UserAdminResponseDto",
};

/** Our types accept everything a server may send, and promise nothing more. */
const HEADER = `import type * as ours from "${new URL(
  "../../src/protocol/mod.ts",
  import.meta.url,
)}";
type Fits<Wire extends Ours, Ours> = Wire;
`;

test("the wire types match those declared by servers of each generation", async () => {
  const names = new Set(Object.values(entities.data));
  const data = [...names].filter((name) =>
    !/^Sync(Ack|Reset|Complete)V1$/.test(name)
  );
  const types = [
    HEADER,
    `type UserLicense = ours.UserLicense;`,
    `type Same<A extends B, B extends C, C = A> = [A, B, C];`,
    ...data.map((name) => declare(name, name)),
    ...Object.entries(NAMES).map(([ours, wire]) => declare(ours, wire)),
    `interface Data {`,
    ...Object.entries(UNRELEASED).map(([type, name]) =>
      `  ${type}: ours.${name};`
    ),
    ...Object.entries(entities.data).map(([type, name]) =>
      `  ${type}: ${
        data.includes(name) ? `ours.${name}` : "Record<string, never>"
      };`
    ),
    `}`,
    `export type Events = Same<Data, ours.SyncEventData>;`,
    `export type Types = Same<keyof Data, ours.SyncEntityType>;`,
    "",
  ].join("\n");
  const wrong = HEADER + declare("SyncUserDeleteV1", "SyncPersonDeleteV1");
  const errors = await typeErrors({ types, wrong });
  const expected = (error: string) => error.includes("/wrong.ts:");
  assertEquals(errors.filter((error) => !expected(error)), []);
  assert(errors.some(expected), "a wrong type was not detected");
});

/**
 * Generates the source that compares one of our types with the servers'
 * declarations.
 */
function declare(ours: string, wire: string): string {
  const versions = Object.entries(GENERATIONS)
    .filter(([, shapes]) => shapes[wire] !== undefined)
    .map(([version, shapes]) => {
      const name = `${ours}_${version}`;
      const fields = Object.entries(shapes[wire] as Record<string, string>)
        .map(([field, type]) => `  ${toField(field, type)};`);
      return { name, source: `interface ${name} {\n${fields.join("\n")}\n}` };
    });
  const union = versions.map(({ name }) => name).join(" | ");
  const keys = versions.map(({ name }) => `keyof ${name}`).join(" | ");
  const field = versions.map(({ name }) =>
    `(K extends keyof ${name} ? ${name}[K] : never)`
  ).join(" | ");
  return [
    ...versions.map(({ source }) => source),
    `export type ${ours}_Fits = Fits<${union}, ours.${ours}>;`,
    `type ${ours}_Wire = { [K in ${keys}]?: ${field} };`,
    `export type ${ours}_Back = Fits<ours.${ours}, ${ours}_Wire>;`,
    `export type ${ours}_Keys = Fits<keyof ours.${ours}, ${keys}>;`,
  ].join("\n");
}

/** `string<uuid> | null (optional)` → `name?: string | null` */
function toField(name: string, type: string): string {
  const optional = type.endsWith("(optional)") ? "?" : "";
  const plain = type.replace(" (optional)", "").replace(/<[^>]*>/g, "")
    .replace(/\binteger\b/g, "number")
    .replace(/\bobject\b/g, "Record<string, unknown>");
  return `${name}${optional}: ${plain}`;
}

/** Checks files in one process, and returns the errors. */
async function typeErrors(files: Record<string, string>): Promise<string[]> {
  const directory = await Deno.makeTempDir();
  try {
    const paths = Object.keys(files).map((name) => `${directory}/${name}.ts`);
    for (const [i, source] of Object.values(files).entries()) {
      await Deno.writeTextFile(paths[i]!, source);
    }
    const config = new URL("../../deno.json", import.meta.url).pathname;
    const { stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--quiet", "--config", config, ...paths],
      env: { NO_COLOR: "1" },
    }).output();
    const text = new TextDecoder().decode(stderr);
    return text.split("\n\n").filter((error) => error.includes("[ERROR]"));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
