import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PRIVACY_TEXTS } from './privacyTexts.ts';

const page = readFileSync(new URL('../../../../docs/privacy.md', import.meta.url), 'utf8').replaceAll(
  /\s+/g,
  ' ',
);

test.each(Object.entries(PRIVACY_TEXTS.en))(
  'docs/privacy.md says what the page to join says: %s',
  (_name, sentence) => {
    expect(page).toContain(sentence);
  },
);

test('both languages say something of everything', () => {
  expect(Object.keys(PRIVACY_TEXTS.zh)).toEqual(Object.keys(PRIVACY_TEXTS.en));
  for (const sentence of Object.values(PRIVACY_TEXTS.zh)) expect(sentence).toMatch(/[\u4e00-\u9fff].*。$/);
});
