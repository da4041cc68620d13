/** axe-core over a page as it stands, as sentences. */
import axe, { type AxeResults } from "axe-core";
import type { Page } from "playwright-core";

/** The rules of WCAG 2.2 A and AA, and what is good practice. */
export async function runAxe(page: Page): Promise<string[]> {
  // Over the DevTools protocol: the page's own policy lets no script in.
  await page.evaluate(`window.axe ?? (() => { ${axe.source} })()`);
  const { violations } = await page.evaluate<AxeResults>("axe.run()");
  return violations.map(
    ({ id, nodes }) => `axe: ${id} at ${nodes.map(({ target }) => target.join(" ")).join(", ")}`,
  );
}
