/** Tabs of Chromium on a coordinator's page to join, driven as a person would. */
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { CHROMIUM_ARGS } from './chromium.ts';

/** What does not happen within it never will, on a machine however slow. */
const PATIENCE_MS = 120_000;

export type Phase =
  | 'connecting'
  | 'computing'
  | 'silent'
  | 'reconnecting'
  | 'waiting'
  | 'paused'
  | 'left'
  | 'over'
  | 'removed'
  | 'failed';

/** Closed when the test ends. */
export async function openBrowser(executable: string, more: readonly string[] = []): Promise<Browser> {
  const args = [...CHROMIUM_ARGS, ...more];
  const browser = await chromium.launch({
    ...{ executablePath: executable, headless: true, args },
    timeout: PATIENCE_MS,
  });
  onTestFinished(() => browser.close());
  return browser;
}

/** A tab in a profile of its own. */
export async function openTab(
  browser: Browser,
  joinUrl: string,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<Tab> {
  const context = await browser.newContext(options);
  return Tab.open(context, joinUrl);
}

/** The socket's, or that of a question of the page which the coordinator has ended before it was answered. */
const LOST_CONNECTION =
  /^WebSocket connection to|^Failed to load resource: net::ERR_(EMPTY_RESPONSE|CONNECTION_[A-Z]+|SOCKET_NOT_CONNECTED)/;

export class Tab {
  readonly page: Page;
  /** Errors that nobody caught, and what the browser said of the page. */
  readonly complaints: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      // A lost connection is part of some tests, and browsers write it down.
      if (message.type() === 'error' && !LOST_CONNECTION.test(message.text()))
        this.complaints.push(message.text());
    });
  }

  static async open(context: BrowserContext, joinUrl: string): Promise<Tab> {
    const page = await context.newPage();
    const tab = new Tab(page);
    await page.goto(joinUrl);
    return tab;
  }

  get joinButton(): Locator {
    return this.page.locator('button[type="submit"]');
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  async join(name: string): Promise<void> {
    await this.page.getByRole('textbox').fill(name);
    await this.joinButton.click();
  }

  async reaches(...phases: readonly Phase[]): Promise<void> {
    await this.page.locator(phases.map((phase) => `.status.${phase}`).join(', ')).waitFor();
  }

  /** As the page shows it, once it has sent one. */
  async firstGradientMs(): Promise<number> {
    const shown = this.page.locator('[data-first-gradient-ms]');
    return Number(await shown.getAttribute('data-first-gradient-ms'));
  }

  /** A figure of one's own part, by its name on the page. */
  async figure(name: string): Promise<number> {
    const shown = this.page.locator('.contribution dl > div', { hasText: name }).locator('dd');
    return Number.parseFloat((await shown.innerText()).replaceAll(',', ''));
  }

  /** Bytes of this kind, as text; the ledger's own words. */
  async booked(kind: string): Promise<string> {
    return this.page.getByRole('row', { name: kind }).locator('td').innerText();
  }

  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const giveUp = Date.now() + PATIENCE_MS;
    while (!(await holds())) {
      if (Date.now() > giveUp) throw new Error(`${what} did not come: ${await this.page.innerText('body')}`);
      await this.page.waitForTimeout(100);
    }
  }
}

/** Axe's findings that keep people out. */
export async function barriers(tab: Tab): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page: tab.page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}
