// npm run bench:runs: how long a list of 2,000 runs takes: making its index anew, opening it, asking it over HTTP, and its
// page in Chromium, from a press to the drawn table. `--runs N` for another number; the runs are made first, in a
// temporary folder, by nobody's training. Without Chromium the page is left out.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { makeRuns } from '../support/madeRuns.mjs';

const SHOAL = fileURLToPath(new URL('../../packages/coordinator/bin/shoal.js', import.meta.url));
const TIMES = 9;
const { values } = parseArgs({ options: { runs: { type: 'string', default: '2000' } } });
const count = Number(values.runs);
const folder = await mkdtemp(join(tmpdir(), 'shoal-runs-'));

const median = (times) => [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)];
const milliseconds = async (work) => {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
};
const tell = (what, times) =>
  console.log(
    `${what.padEnd(44)} median ${median(times).toFixed(1).padStart(7)} ms, longest ${Math.max(...times)
      .toFixed(1)
      .padStart(7)} ms`,
  );
async function several(work) {
  const times = [];
  // The first is left out: engines compile what they run.
  for (let i = 0; i <= TIMES; i += 1) {
    const time = await work(i);
    if (i > 0) times.push(time);
  }
  return times;
}

const shoal = (...words) =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [SHOAL, ...words], { stdio: ['ignore', 'pipe', 'ignore'] });
    child.stdout.resume();
    child.on('error', reject);
    child.on('exit', resolve);
  });

const QUESTIONS = {
  'the first rows': '',
  'sorted by accuracy': 'sort=accuracy',
  'sorted by a field of the spec': 'sort=optimizer.lr',
  'filtered by a tag': 'tag=even',
  'searched for a word': 'search=adam',
  'searched by a comparison': 'search=accuracy%3E0.95',
  'the best by loss': 'best=testLoss',
};

try {
  console.log(`${count} runs are made …`);
  await makeRuns(folder, count);
  console.log('\nshoal runs --sort accuracy --limit 10, a process each');
  const list = () => shoal('runs', '--out', folder, '--sort', 'accuracy', '--limit', '10');
  tell('  without an index', [await milliseconds(list)]);
  tell('  with one', await several(() => milliseconds(list)));

  const server = spawn(
    process.execPath,
    [SHOAL, 'serve', '--host', '127.0.0.1', '--port', '0', '--workers', '0', '--out', folder],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  try {
    const link = await new Promise((resolve) => {
      let said = '';
      server.stdout.on('data', (chunk) => {
        said += chunk;
        const [, url] = /dashboard\s+(\S+)/.exec(said) ?? [];
        if (url !== undefined) resolve(new URL(url));
      });
    });
    const headers = { authorization: `Bearer ${link.hash.slice(1)}` };
    console.log('\nGET /api/runs');
    for (const [what, fields] of Object.entries(QUESTIONS)) {
      const url = new URL(`/api/runs?${fields}`, link);
      tell(
        `  ${what}`,
        await several(() => milliseconds(async () => (await fetch(url, { headers })).json())),
      );
    }
    await measurePage(link);
  } finally {
    server.kill();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measurePage(link) {
  const executablePath = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find(existsSync);
  if (executablePath === undefined)
    return console.log('\nThe page was not measured: there is no Chromium here.');
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    await page.goto(link.href);
    await page.getByRole('tab', { name: 'Runs', exact: true }).waitFor();
    console.log('\nthe page, from the press to the frame with the rows of the answer');
    tell('  open', await several(() => timed(page, 'open')));
    tell('  sort by a column', await several((i) => timed(page, 'sort', i)));
    tell('  filter by a state', await several((i) => timed(page, 'state', i)));
    tell('  filter by a tag', await several((i) => timed(page, 'tag', i)));
    tell('  search', await several((i) => timed(page, 'search', i)));
  } finally {
    await browser.close();
  }
}

/** In the page, so that nothing is counted of the way between the browser and this process. */
function timed(page, what, i = 0) {
  return page.evaluate(
    async ([act, round]) => {
      const part = document.getElementById('part');
      const shown = () => part.querySelector('.runs tbody')?.textContent ?? '';
      const choose = (label, choices) => {
        const field = [...part.querySelectorAll('.filters label')].find(({ textContent }) =>
          textContent.startsWith(label),
        );
        const input = field.querySelector('select, input');
        input.value = choices[round % choices.length];
        input.dispatchEvent(new Event(input.tagName === 'SELECT' ? 'change' : 'input', { bubbles: true }));
      };
      const acts = {
        open: () => document.getElementById('tab-runs').click(),
        sort: () => part.querySelectorAll('.runs thead .sort')[round % 2 === 0 ? 2 : 6].click(),
        state: () => choose('State', ['stopped', 'diverged']),
        tag: () => choose('Tag', ['even', 'odd']),
        search: () => choose('Search', ['adam', 'rmsprop']),
      };
      if (act === 'open') {
        document.getElementById('tab-log').click();
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
      if (round === 0 && act !== 'open') {
        [...part.querySelectorAll('.filters button')]
          .find(({ textContent }) => textContent === 'Show all')
          ?.click();
        await new Promise((resolve) => setTimeout(resolve, 1_000));
      }
      const before = act === 'open' ? '' : shown();
      const begun = performance.now();
      acts[act]();
      for (;;) {
        await new Promise((resolve) => requestAnimationFrame(resolve));
        const now = shown();
        if (now !== '' && now !== before) return performance.now() - begun;
        if (performance.now() - begun > 20_000) throw new Error(`${act} ${round} changed nothing.`);
      }
    },
    [what, i],
  );
}
