/** `docs/library.md` names everything that the two packages for programs export, and nothing that they do not. */
import { readFileSync } from 'node:fs';
import * as core from '@shoal/core';
import * as worker from '@shoal/worker';
import { expect, test } from 'vitest';
import * as vectorHelper from '../../packages/core/src/vectors/vectorHelper.ts';

/** Not by its name: these tests are compiled without the types of browsers. */
const BROWSER = new URL('../../packages/worker/src/browser/index.ts', import.meta.url).href;
const browser = (await import(BROWSER)) as object;

const page = readFileSync(new URL('../../docs/library.md', import.meta.url), 'utf8');
const guide = page.slice(page.indexOf('## What `@shoal/core` exports'));
const [ofCore = '', ofWorker = ''] = guide.split('## What `@shoal/worker` exports');
const [inNode = '', inBrowser = ''] = ofWorker.split('**In a browser**');

const named = (text: string): string[] => [
  ...new Set([...text.matchAll(/`([A-Za-z]\w*)`/g)].map(([, name = '']) => name)),
];

test.each([
  ['@shoal/core', ofCore, { ...core, ...vectorHelper }],
  ['@shoal/worker', inNode, worker],
  ['@shoal/worker/browser', inBrowser, browser],
] as const)('the guide names what %s exports', (_, text, exported) => {
  expect(named(text).sort()).toEqual(Object.keys(exported).sort());
});
