/** The page `/` for whoever reads it: without barriers, in either language and either theme, and without an error. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { FeedData } from './feedData.ts';
import { OPERATOR_TOKEN, VIEWER_TOKEN } from './feedServer.ts';
import { feedStage, part } from './feedStage.ts';

const stage = feedStage();

/** Every part, so that nothing hides behind a tab. */
async function eachPart(page: Page, look: (name: string) => Promise<void>): Promise<void> {
  const names = await page.getByRole('tab').allTextContents();
  for (const name of names) {
    await part(page, name);
    await page.waitForTimeout(300);
    await look(name);
  }
}

describe('whoever looks', () => {
  for (const theme of ['light', 'dark'] as const) {
    for (const [locale, width] of [
      ['en', 1440],
      ['zh-CN', 390],
    ] as const) {
      it(`meets no serious barrier: ${theme}, ${locale}, ${width} pixels`, async () => {
        stage.server.advance(2_200);
        const page = await stage.open(OPERATOR_TOKEN, { theme, locale, width, height: 900 });
        await page.getByRole('heading', { name: 'mnist-cnn' }).waitFor();
        await eachPart(page, async (name) => {
          const { violations } = await new AxeBuilder({ page }).analyze();
          const held = violations.filter(
            ({ id, impact }) => impact === 'serious' || impact === 'critical' || id === 'heading-order',
          );
          expect(
            held.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`),
            name,
          ).toEqual([]);
          const wider = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
          expect(wider, `${name} is wider than its window`).toBeLessThanOrEqual(0);
        });
      });
    }
  }

  it('chooses language and colours, and keeps them', async () => {
    const page = await stage.open(VIEWER_TOKEN);
    await page.getByRole('button', { name: '中文' }).click();
    await page.getByRole('button', { name: '深色' }).click();
    await page.reload();
    await page.getByRole('tab', { name: '训练', exact: true }).waitFor();
    expect(await page.evaluate('document.documentElement.lang')).toBe('zh-CN');
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
  });

  it('causes nothing that the content security policy would refuse, nor an error', async () => {
    await stage.serveInstead(new FeedData({ workers: 200 }));
    stage.server.advance(2_000);
    const page = await stage.open(OPERATOR_TOKEN);
    await page.getByRole('heading', { name: 'mnist-cnn' }).waitFor();
    await page.evaluate(
      "refused = []; addEventListener('securitypolicyviolation', (event) => refused.push(event.violatedDirective))",
    );
    await eachPart(page, async () => {});
    expect(await page.evaluate('refused')).toEqual([]);
    // What the model's part asks for is not served here.
    const complaints = stage.tabs.flatMap((tab) => tab.complaints).filter((text) => !text.includes('404'));
    expect(complaints).toEqual([]);
  });
});
