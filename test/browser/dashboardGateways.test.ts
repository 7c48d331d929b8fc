/** Gateways on the page `/`, in English and Chinese: the tree, what it says of each, and the links for more of them. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, it } from 'vitest';
import { FeedData } from './feedData.ts';
import { OPERATOR_TOKEN, VIEWER_TOKEN } from './feedServer.ts';
import { feedStage, part } from './feedStage.ts';

const stage = feedStage(() => {
  const data = new FeedData();
  data.withGateway();
  return data;
});

async function open(token: string, locale: string, width: number) {
  const page = await stage.open(token, { locale, width });
  await page.getByRole('heading', { name: 'mnist-cnn' }).waitFor();
  return page;
}

it.each([
  ['en', 1440, 'Workers', 'Gateways', '2,412 workers', '1 worker', 'Join', 'Links for gateways'],
  ['zh-CN', 390, '计算节点', '网关', '2,412 个节点', '1 个节点', '加入', '网关链接'],
])('shows them as a tree: %s', async (locale, width, workers, heading, all, one, join, links) => {
  const page = await open(OPERATOR_TOKEN, locale, width);
  await part(page, workers);
  const panel = page.locator('section', { has: page.getByRole('heading', { name: heading, exact: true }) });
  await panel.getByText(all, { exact: true }).waitFor();
  const nameOf = 'li > p .name';
  expect(await panel.locator(`ul.gateways ul.gateways ${nameOf}`).allTextContents()).toEqual([
    'school-1',
    'room-7',
    'school-2',
  ]);
  expect(await panel.locator(`ul.gateways ul.gateways ul.gateways ${nameOf}`).allTextContents()).toEqual([
    'room-7',
  ]);
  await panel.getByText(one, { exact: true }).waitFor();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
  await part(page, join);
  await page.getByRole('heading', { name: links, exact: true }).waitFor();
  await page.getByText(/shoal gateway http:/).waitFor();
});

it('shows whoever watches the tree, and no links', async () => {
  const page = await open(VIEWER_TOKEN, 'en', 1440);
  await part(page, 'Workers');
  await page.getByText('2,412 workers', { exact: true }).waitFor();
  expect(await page.getByText(/shoal gateway/).count()).toBe(0);
});
