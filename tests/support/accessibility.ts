/** Checks the accessibility of a page. */
import axe from "axe-core";
import type { Page } from "playwright-core";

/** Returns the accessibility faults that axe finds on a page. */
export async function findFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(
    "axe.run()",
  ) as { violations: { id: string; nodes: { html: string }[] }[] };
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html }) => `${id}: ${html}`)
  );
}
