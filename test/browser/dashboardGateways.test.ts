/** Gateways on the page `/`, in English and Chinese: the tree, what it says of each, and the links for more of them. */
import { AxeBuilder } from '@axe-core/playwright';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FeedData } from './feedData.ts';
import { FeedServer, OPERATOR_TOKEN, VIEWER_TOKEN } from './feedServer.ts';
import { chromiumOfThisFile, openTab, type Tab } from './modelHarness/tab.ts';

const browser = chromiumOfThisFile();
let server: FeedServer;
let url: string;
const tabs: Tab[] = [];

beforeEach(async ({ skip }) => {
  if (browser() === null) skip();
  const data = new FeedData();
  data.withGateway();
  server = new FeedServer(data);
  url = await server.listen();
});

afterEach(async () => {
  for (const tab of tabs.splice(0)) await tab.close();
  await server?.close();
});

async function open(token: string, locale: string, width: number) {
  const chromium = browser();
  if (chromium === null) throw new Error('There is no browser.');
  const tab = await openTab(chromium, `${url}#${token}`, { locale, width });
  tabs.push(tab);
  await tab.page.getByRole('heading', { name: 'mnist-cnn' }).waitFor();
  return tab.page;
}

it.each([
  ['en', 1440, 'Workers', 'Gateways', '2,412 workers', '1 worker', 'Join', 'Links for gateways'],
  ['zh-CN', 390, '计算节点', '网关', '2,412 个节点', '1 个节点', '加入', '网关链接'],
])('shows them as a tree: %s', async (locale, width, workers, heading, all, one, join, links) => {
  const page = await open(OPERATOR_TOKEN, locale, width);
  await page.getByRole('tab', { name: workers, exact: true }).click();
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
  await page.getByRole('tab', { name: join, exact: true }).click();
  await page.getByRole('heading', { name: links, exact: true }).waitFor();
  await page.getByText(/shoal gateway http:/).waitFor();
});

it('shows whoever watches the tree, and no links', async () => {
  const page = await open(VIEWER_TOKEN, 'en', 1440);
  await page.getByRole('tab', { name: 'Workers', exact: true }).click();
  await page.getByText('2,412 workers', { exact: true }).waitFor();
  expect(await page.getByText(/shoal gateway/).count()).toBe(0);
});
