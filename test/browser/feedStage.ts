/** The stage of tests of the page `/`: a small coordinator for each test, the tabs that it opens, and what is looked for on them. */
import type { Browser, Page } from 'playwright-core';
import { afterEach, beforeEach } from 'vitest';
import { FeedData } from './feedData.ts';
import { FeedServer } from './feedServer.ts';
import { chromiumOfThisFile, openTab, type Tab, type TabOptions } from './modelHarness/tab.ts';

/** Called at the top of a file: each of its tests finds a coordinator there, told of `data`, and leaves nothing open. */
export function feedStage(data: () => FeedData = () => new FeedData()): FeedStage {
  const browser = chromiumOfThisFile();
  const stage = new FeedStage(browser);
  beforeEach(async ({ skip }) => {
    if (browser() === null) skip();
    await stage.serve(data());
  });
  afterEach(() => stage.clear());
  return stage;
}

class FeedStage {
  readonly tabs: Tab[] = [];
  readonly #browser: () => Browser | null;
  #server: FeedServer | null = null;
  #url = '';

  constructor(browser: () => Browser | null) {
    this.#browser = browser;
  }

  get server(): FeedServer {
    if (this.#server === null) throw new Error('There is a coordinator only while a test runs.');
    return this.#server;
  }

  /** Of the page, without a token. */
  get url(): string {
    return this.#url;
  }

  async serve(data: FeedData): Promise<void> {
    this.#server = new FeedServer(data);
    this.#url = await this.#server.listen();
  }

  async serveInstead(data: FeedData): Promise<void> {
    await this.server.close();
    await this.serve(data);
  }

  /** @param token none where it is '' */
  async open(token: string, options: TabOptions = {}): Promise<Page> {
    const browser = this.#browser();
    if (browser === null) throw new Error('There is no browser.');
    const tab = await openTab(browser, token === '' ? this.url : `${this.url}#${token}`, options);
    this.tabs.push(tab);
    return tab.page;
  }

  async clear(): Promise<void> {
    for (const tab of this.tabs.splice(0)) await tab.close();
    await this.#server?.close();
    this.#server = null;
  }
}

/** As somebody does it who reads the page's own words. */
export const part = (page: Page, name: string) => page.getByRole('tab', { name, exact: true }).click();

/** What a chart says of itself to whoever does not see it. */
export const chart = (page: Page, title: string) => page.getByRole('img', { name: new RegExp(`^${title}`) });

export const untilText = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();
