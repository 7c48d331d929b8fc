/** The promise that makes any mix of workers possible: every runtime computes the same bits as this one. */
import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BitsRecord, recordBits } from './bits.ts';
import { browsers, installMissing } from './installed.ts';
import { callOnPage, type Page, servePage } from './page.ts';

const ANSWER_TIMEOUT_MS = 240_000;

let here: BitsRecord;
let page: Page;

/** Entries of another runtime's record that are not this one's, and what is missing there. */
function differences(record: BitsRecord): string[] {
  const names = new Set([...Object.keys(here), ...Object.keys(record)]);
  return [...names].filter((name) => record[name] !== here[name]);
}

/** A runtime that is not here is passed over with a line; where everything must be here, that is a failure. */
function passOver(skip: (note: string) => never, why: string): never {
  if (process.env.CI === 'true') throw new Error(`${why} Under CI=true nothing is passed over.`);
  console.log(`Passed over: ${why}`);
  return skip(why);
}

beforeAll(async () => {
  await installMissing();
  page = await servePage('./bits.ts');
  here = await recordBits();
}, 600_000);

afterAll(async () => {
  await page?.close();
});

describe('the strict engine, the data and a training run have the same bits', () => {
  it('in the bundle that browsers load as in the source', async () => {
    const bundled = (await import(/* @vite-ignore */ pathToFileURL(page.bundle).href)) as {
      recordBits: typeof recordBits;
    };
    expect(Object.keys(here).length).toBeGreaterThan(500);
    expect(differences(await bundled.recordBits())).toEqual([]);
  });

  it('in another Node.js', async ({ skip }) => {
    const node = process.env.SHOAL_OTHER_NODE ?? '';
    if (node === '') {
      return passOver(
        skip,
        'SHOAL_OTHER_NODE does not name the program of another Node.js, such as one of version 24.',
      );
    }
    const script = `const { recordBits } = await import(${JSON.stringify(pathToFileURL(page.bundle).href)});
      console.log(JSON.stringify({ version: process.version, record: await recordBits() }));`;
    const { stdout } = await promisify(execFile)(node, ['--input-type=module', '--eval', script], {
      maxBuffer: 16_777_216,
      timeout: ANSWER_TIMEOUT_MS,
    });
    const { version, record } = JSON.parse(stdout) as { version: string; record: BitsRecord };
    expect(version).not.toBe(process.version);
    expect(differences(record)).toEqual([]);
  });

  for (const { name, packages, find } of browsers) {
    it(`in ${name}`, async ({ skip }) => {
      const evaluate = find();
      if (evaluate === null) {
        return passOver(skip, `${name} is not installed (Debian: apt-get install ${packages.join(' ')}).`);
      }
      const record = JSON.parse(await evaluate(page.url, callOnPage('recordBits'))) as BitsRecord;
      expect(differences(record)).toEqual([]);
    });
  }
});
