/** Sign-in, and calls to any endpoint. */
import {
  AuthenticationError,
  createChildSession,
  currentUser,
  discover,
  login,
  logout,
  request,
} from "@immich-edge/sync";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { type Check, check } from "../check.ts";
import { createPicture } from "../pictures.ts";

export const CALL_CHECKS: readonly Check[] = [
  check("the server is discovered from its address", async (stage) => {
    const { baseUrl, signal } = stage;
    const found = await discover(baseUrl, { signal });
    assertEquals(new URL(found).host, new URL(baseUrl).host);
  }),

  check(
    "a wrong password is rejected as an AuthenticationError",
    async (stage) => {
      const { baseUrl, signal, options: { adminEmail } } = stage;
      await assertRejects(
        () => login(adminEmail, crypto.randomUUID(), { baseUrl, signal }),
        AuthenticationError,
        "Cannot sign in",
      );
    },
  ),

  check(
    "logout ends a session and its child sessions",
    async (stage) => {
      const { session, id, email } = await stage.addAccount("calls");
      const { signal } = stage;
      const child = await createChildSession(session, { signal });
      for (const each of [session, child]) {
        const user = await currentUser(each, { signal });
        assertEquals([user.id, user.email], [id, email]);
      }
      await logout(session, { signal });
      for (const each of [session, child]) {
        await assertRejects(
          () => currentUser(each, { signal }),
          AuthenticationError,
        );
      }
    },
  ),

  check("an uploaded picture is read back unchanged", async (stage) => {
    const account = await stage.addAccount("pictures");
    const { signal } = stage;
    for (const number of [0, 1]) {
      const id = await account.upload();
      const asset = await account.asset(id);
      const response = await request(
        account.session,
        `/assets/${id}/original`,
        {
          accept: "image/*",
          signal,
        },
      );
      const bytes = await response.arrayBuffer();
      const digest = await crypto.subtle.digest("SHA-1", bytes);
      const checksum = btoa(String.fromCharCode(...new Uint8Array(digest)));
      assertEquals(checksum, asset?.checksum);
      const { name, bytes: similar } = createPicture(number);
      assertEquals(asset?.originalFileName, name);
      assert(Math.abs(bytes.byteLength - similar.length) < 40);
    }
  }),
];
