/** The page to join as a person meets it: by keys, on a small phone, with what it says of the work. */
import { describe, expect, it } from 'vitest';
import { Cluster } from '../support/cluster.ts';
import { chromium, ENDLESS, lasting, open, SIZE } from './volunteerRuns.ts';
import { barriers, openTab } from './volunteers.ts';

describe.skipIf(chromium === null)('the page to join', () => {
  it.each([
    ['en', 'light'],
    ['zh', 'dark'],
  ] as const)(
    'keeps nobody out (%s, %s), is worked by keys, and fits a small phone',
    async (language, scheme) => {
      const cluster = await Cluster.of(lasting(ENDLESS), SIZE);
      const tab = await openTab(await open(), await cluster.train(0).joinUrl(), {
        viewport: { width: 360, height: 740 },
        hasTouch: true,
        locale: language === 'zh' ? 'zh-CN' : 'en-GB',
        colorScheme: scheme,
      });
      const isTooWide = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';
      expect(await barriers(tab)).toEqual([]);
      expect(await tab.page.evaluate(isTooWide)).toBe(false);
      expect(await tab.page.locator('html').getAttribute('lang')).toBe(language === 'zh' ? 'zh-CN' : 'en');
      // Language, theme, name, button.
      for (let i = 0; i < 4; i += 1) await tab.page.keyboard.press('Tab');
      await tab.page.keyboard.press('Enter');
      await tab.reaches('computing');
      await tab.page.locator('.key.accuracy').waitFor();
      expect(await barriers(tab)).toEqual([]);
      expect(await tab.page.evaluate(isTooWide)).toBe(false);
      expect(tab.complaints).toEqual([]);
    },
  );

  it('books what it sends and receives, and shows the curve', async () => {
    const cluster = await Cluster.of(lasting(ENDLESS), SIZE);
    const tab = await openTab(await open(), await cluster.train(0).joinUrl());
    await tab.join('bookkeeper');
    await tab.page.locator('.curve polyline.loss').waitFor();
    await tab.page.locator('.key.accuracy').waitFor();
    for (const kind of ['Results', 'Name, browser', 'Data set', 'The model (', 'Work to do']) {
      await tab.until(kind, async () => (await tab.booked(kind)) !== '0 B');
    }
  });
});
