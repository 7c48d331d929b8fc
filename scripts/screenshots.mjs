// node scripts/screenshots.mjs [--out DIR]: pictures of the pages for docs/images, from a real run on the built-in
// digits. Build first. Chromium is taken from where systems put it, or from SHOAL_CHROMIUM.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { findChromium } from './findChromium.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OPERATOR = 'operator-token-for-the-pictures-of-the-pages';
/** What the pictures show as the address of the machine. */
const PUBLIC_URL = 'http://192.168.1.20:7433';
const BYTES_MAX = 150_000;
/** Long enough for a machine that has other things to do. */
const RUN_MS = 300_000;

const SPEC = {
  preset: 'mnist-cnn',
  // Long enough to be seen running on a fast machine.
  changes: { epochs: 40, microbatch: 16, batch: 128, seed: 7, earlyStopping: null },
  data: { source: 'digits', limit: 2500, validation: 500 },
};

const { values } = parseArgs({ options: { out: { type: 'string', default: 'docs/images' } } });

const executablePath = findChromium();

/** Starts `shoal serve` and gives its links as it prints them. */
async function serve(folder) {
  const tokenFile = join(folder, 'operator-token');
  await writeFile(tokenFile, OPERATOR, { mode: 0o600 });
  const port = await freePort();
  const args = ['serve', '--host', '127.0.0.1', '--port', String(port), '--public-url', PUBLIC_URL];
  const child = spawn(
    process.execPath,
    [join(ROOT, 'packages/coordinator/bin/shoal.js'), ...args, '--operator-token-file', tokenFile],
    // In its own folder, so that the paths on the pictures are short.
    { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const links = await new Promise((resolve, reject) => {
    let said = '';
    child.once('exit', () => reject(new Error(`The coordinator ended: ${said}`)));
    child.stdout.on('data', (text) => {
      said += text;
      const dashboard = /dashboard\s+(\S+)/.exec(said)?.[1];
      const join = /join\s+(\S+)/.exec(said)?.[1];
      if (dashboard !== undefined && join !== undefined) resolve({ dashboard, join });
    });
  });
  const here = (link) => `http://127.0.0.1:${port}${link.slice(PUBLIC_URL.length)}`;
  return { child, dashboard: here(links.dashboard), join: here(links.join) };
}

/** A port that was free a moment ago. */
async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function ask(origin, path, body) {
  const response = await fetch(new URL(path, origin), {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${OPERATOR}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

async function startRun(origin) {
  const presets = await ask(origin, '/api/presets');
  const { spec } = presets.find(({ name }) => name === SPEC.preset);
  await ask(origin, '/api/runs', {
    spec: { ...spec, ...SPEC.changes, data: { ...spec.data, ...SPEC.data } },
  });
  for (let worker = 0; worker < 3; worker += 1) await ask(origin, '/api/local', { action: 'add' });
}

async function open(browser, link, { theme = 'light', phone = false, locale = 'en' } = {}) {
  const context = await browser.newContext({
    viewport: phone ? { width: 390, height: 844 } : { width: 1280, height: 860 },
    colorScheme: theme,
    locale,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await page.goto(link);
  return page;
}

const pictures = [];

/** @param height of the part of the window that is kept */
async function picture(page, name, { tab, height } = {}) {
  if (tab !== undefined) await page.locator(`#tab-${tab}`).click();
  await page.mouse.move(0, 0);
  // The first frames after a change of part are still being drawn.
  await page.waitForTimeout(1_200);
  const path = join(values.out, `${name}.png`);
  const { width, height: all } = page.viewportSize();
  await page.screenshot({ path, clip: { x: 0, y: 0, width, height: height ?? all } });
  pictures.push(path);
}

const folder = await mkdtemp(join(tmpdir(), 'shoal-pictures-'));
const coordinator = await serve(folder);
const browser = await chromium.launch({
  executablePath,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
  ],
});
try {
  await mkdir(values.out, { recursive: true });
  await startRun(coordinator.dashboard);
  const light = await open(browser, coordinator.dashboard);
  const dark = await open(browser, coordinator.dashboard, { theme: 'dark' });
  const phone = await open(browser, coordinator.dashboard, { phone: true, theme: 'dark' });
  const chinese = await open(browser, coordinator.dashboard, { locale: 'zh-CN' });
  await light.getByText(/^Epoch [5-9] of 40$/).waitFor({ timeout: RUN_MS });
  await picture(light, 'dashboard-light');
  await picture(dark, 'dashboard-dark');
  await picture(phone, 'dashboard-phone');
  await picture(chinese, 'dashboard-chinese', { height: 780 });
  await picture(light, 'workers', { tab: 'workers' });
  await picture(light, 'invitation', { tab: 'join', height: 660 });
  const volunteer = await open(browser, coordinator.join, { phone: true });
  await picture(volunteer, 'join-phone');
  await volunteer.context().close();
  await light.locator('#tab-run').click();
  await light.getByRole('heading', { name: 'Result' }).waitFor({ timeout: RUN_MS });
  await picture(light, 'result', { tab: 'run' });
  await dark.locator('#tab-model').click();
  await dark.getByRole('button', { name: 'Any test digit' }).click();
  await picture(dark, 'model', { height: 640 });
  await picture(light, 'start', { tab: 'start' });
  for (const path of pictures) {
    const { size } = await stat(path);
    console.log(
      `${path}  ${Math.round(size / 1000)} kB${size > BYTES_MAX ? '  (too large for the repository)' : ''}`,
    );
  }
} finally {
  await browser.close();
  const ended = new Promise((resolve) => coordinator.child.once('exit', resolve));
  coordinator.child.kill('SIGTERM');
  await ended;
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}
