import type { FakeImmich } from "@immich-edge/sync/testing";
export interface DemoServer extends AsyncDisposable {
  baseUrl: string;
  fake: FakeImmich;
  addPhoto(): { originalFileName: string };
}
export function startDemoServer(_o: { assets?: number }): Promise<DemoServer> {
  throw new Error("x");
}
