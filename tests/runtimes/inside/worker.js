// Runs one test per request, so that no test can affect the next.
// In workerd, the bundle has this name.
import { countCases, runCase } from "./cases.ts";

export default {
  async fetch(request, { control }) {
    const index = Number(new URL(request.url).searchParams.get("index"));
    const outcome = await runCase(index, { runtime: "workerd", control });
    return Response.json({ index, of: countCases(), ...outcome });
  },
};
