/** Mirrors, compared with the server's own endpoints. */
import { isImmichError } from "@immich-edge/sync";
import type { MirrorSyncOptions } from "@immich-edge/sync/mirror";
import { assert, assertEquals } from "@std/assert";
import { type Check, check } from "../check.ts";
import {
  assertEqualToServer,
  change,
  changeDuringSyncs,
  type Copy,
  createCopy,
  createScene,
  slowFetch,
} from "../scene.ts";
import { settle } from "../streams.ts";
import { requestReset } from "./streams.ts";

export const MIRROR_CHECKS: readonly Check[] = [
  check("a mirror matches the server after random changes", async (stage) => {
    const scene = await createScene(stage);
    await assertEqualToServer(stage, scene, scene.copies);
    const { changes } = stage.options;
    const done = await change(scene, changes / 2);
    await assertEqualToServer(stage, scene, scene.copies);
    done.push(...await change(scene, changes / 2));
    await assertEqualToServer(stage, scene, scene.copies, { full: true });
    return `${done.length} changes of ${new Set(done).size} kinds`;
  }),

  check(
    "a mirror matches the server after many small changes during syncs",
    async (stage) => {
      const scene = await createScene(stage);
      return await changeDuringSyncs(stage, scene, {});
    },
  ),

  check(
    "a mirror matches the server after changes during slow full syncs",
    async (stage) => {
      const scene = await createScene(stage);
      const fetch = slowFetch(5, stage.signal);
      return await changeDuringSyncs(stage, scene, {
        fetch,
        full: true,
        batchSize: 3,
        ack: { every: 5 },
      });
    },
  ),

  check(
    "a mirror matches the server after syncs with a small budget",
    async (stage) => {
      const scene = await createScene(stage);
      await change(scene, stage.options.changes / 4);
      const { signal } = stage;
      let runs = 0;
      for (const { session, mirror } of scene.copies) {
        for (let more = true; more; runs++) {
          const budget = { requests: 6 };
          const options = { budget, batchSize: 2, ack: { every: 2 }, signal };
          ({ more } = await mirror.sync(session, options));
        }
      }
      assert(runs > scene.copies.length, "One run was enough");
      await assertEqualToServer(stage, scene, scene.copies);
      return `${runs} runs`;
    },
  ),

  check(
    "a mirror matches the server after interrupted syncs",
    async (stage) => {
      const scene = await createScene(stage);
      await change(scene, stage.options.changes / 4);
      const [copy] = scene.copies;
      let interruptions = 0;
      for (let events = 1; interruptions < 5; events += 7) {
        const interruption = new AbortController();
        const options: MirrorSyncOptions = {
          batchSize: 1,
          ack: { every: 3 },
          signal: AbortSignal.any([interruption.signal, stage.signal]),
          onProgress: (progress) => {
            if (progress.events >= events) interruption.abort();
          },
        };
        await copy!.mirror.sync(copy!.session, options).catch(() => {});
        if (!interruption.signal.aborted) break;
        interruptions++;
      }
      assert(interruptions > 0, "No sync was interrupted");
      await assertEqualToServer(stage, scene, [copy!]);
      return `${interruptions} interruptions`;
    },
  ),

  check("a mirror starts over after a reset by the server", async (stage) => {
    const scene = await createScene(stage);
    const { signal } = stage;
    await assertEqualToServer(stage, scene, scene.copies);
    for (const { account, session, mirror } of scene.copies) {
      await requestReset(account);
      await change(scene, 3);
      await settle(stage, account);
      const { resets } = await mirror.sync(session, { signal });
      assertEquals(resets, 1);
    }
    await assertEqualToServer(stage, scene, scene.copies);
  }),

  check(
    "two child sessions of one user sync at once, each with its own mirror",
    async (stage) => {
      const scene = await createScene(stage);
      const { signal } = stage;
      const [first] = scene.copies;
      const copies = [first!, await createCopy(first!.account, stage)];
      for (let round = 0; round < 3; round++) {
        await Promise.all([
          change(scene, 4),
          ...copies.map(({ session, mirror }) =>
            mirror.sync(session, { signal, batchSize: 5, full: round === 1 })
          ),
        ]);
      }
      await assertEqualToServer(stage, scene, copies);
    },
  ),

  check(
    "an audit names rows that are missing, different or left over",
    async (stage) => {
      const scene = await createScene(stage);
      await assertEqualToServer(stage, scene, scene.copies);
      const { signal } = stage;
      const [{ account, session, mirror, database }] = scene.copies as [Copy];
      const [lost = "", changed = ""] = scene.world.assets.get(account)!;
      const left = crypto.randomUUID();
      database.exec(`
      DELETE FROM exif WHERE asset_id = '${lost}';
      UPDATE assets SET original_file_name = 'x' WHERE id = '${changed}';
      INSERT INTO albums (id, batch_number) VALUES ('${left}', 1)`);
      const { ok, missing, different, extra } = await mirror.audit(session, {
        signal,
      });
      assertEquals(ok, false);
      assertEquals(missing, [{ table: "exif", key: { asset_id: lost } }]);
      assertEquals(different, [{
        table: "assets",
        key: { id: changed },
        columns: ["original_file_name"],
      }]);
      assertEquals(extra, [{ table: "albums", key: { id: left } }]);
      await assertEqualToServer(stage, scene, [scene.copies[0]!], {
        full: true,
      });
    },
  ),

  check(
    "a deleted user's rows disappear from other users' mirrors",
    async (stage) => {
      const scene = await createScene(stage);
      await assertEqualToServer(stage, scene, scene.copies);
      const gone = scene.world.accounts.pop()!;
      await stage.deleteAccount(gone);
      await assertEqualToServer(stage, scene, scene.copies);
      for (const { mirror } of scene.copies) {
        const rows = await mirror.query(
          "SELECT id FROM assets WHERE owner_id = ?",
          gone.id,
        );
        assertEquals(rows, []);
      }
    },
  ),

  check(
    "a soft-deleted user's pictures leave the timeline, and return with the user",
    async (stage) => {
      const scene = await createScene(stage);
      const [{ account: me, mirror }] = scene.copies as [Copy];
      const away = scene.world.accounts.pop()!;
      await me.call("PUT", `/partners/${away.id}`, { inTimeline: true });
      const countShown = async () => {
        const sql = "SELECT id FROM timeline WHERE owner_id = ?";
        return (await mirror.query(sql, away.id)).length;
      };
      await assertEqualToServer(stage, scene, scene.copies);
      const before = await countShown();
      assert(before > 0);
      await stage.softDeleteAccount(away);
      await assertEqualToServer(stage, scene, scene.copies);
      assertEquals(await countShown(), 0);
      await stage.restoreAccount(away);
      await assertEqualToServer(stage, scene, scene.copies);
      assertEquals(await countShown(), before);
    },
  ),

  check(
    "a mirror refuses another user's session before writing anything",
    async (stage) => {
      const [first, second] = [
        await stage.addAccount("first"),
        await stage.addAccount("second"),
      ];
      const { mirror } = await createCopy(first, stage);
      const error = await mirror.sync(second.session).catch((error) => error);
      assert(isImmichError(error), String(error));
      assertEquals((await mirror.status()).events, {});
    },
  ),
];
