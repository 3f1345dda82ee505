/** The module that wakes a watch at the server's announcements. */
import { assertEquals } from "@std/assert";
import { installed, NODE_VERSIONS } from "../../runtimes/npx.ts";
import { test } from "../../support/test.ts";
import { recipeProject } from "./recipe_project.ts";

/**
 * Announces a change to each client that uses the right path. Prints the
 * client's credentials, and then "woken" once the watch is woken.
 */
const PROGRAM = `import { createServer } from "node:http";
import { once } from "node:events";
import { Server } from "socket.io";
import { wakeOnChanges } from "./announcements.ts";

const http = createServer();
const server = new Server(http, { path: "/photos/api/socket.io" });
server.on("connection", (socket) => {
  console.log(socket.handshake.headers.authorization);
  socket.emit("on_upload_success", { id: "1" });
});
http.listen(0, "127.0.0.1");
await once(http, "listening");
const session = {
  baseUrl: \`http://127.0.0.1:\${http.address().port}/photos\`,
  accessToken: "token",
};
const { promise: woken, resolve: wake } = Promise.withResolvers();
const kept = { get: async () => session };
const stop = await wakeOnChanges(kept, { wake });
await woken;
console.log("woken");
stop();
server.close();
`;

test("the watch recipe is woken by announcements over Socket.IO", async () => {
  const packages = [
    "socket.io@4.8.4",
    "socket.io-client@4.8.4",
    "typescript@5.9.3",
  ];
  await using project = await recipeProject("watch", ...packages);
  const options = "--noEmit --strict --target es2022 --module esnext " +
    "--moduleResolution bundler --lib es2022,dom,dom.iterable --skipLibCheck";
  await project.run("npx", "tsc", ...options.split(" "), "announcements.ts");
  await project.write("main.mjs", PROGRAM);
  const node = await installed("node", NODE_VERSIONS.at(-1)!);
  const output = await project.run(node, "main.mjs");
  assertEquals(output, "Bearer token\nwoken\n");
});
