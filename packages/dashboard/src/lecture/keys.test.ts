import { expect, test } from 'vitest';
import { goesWhere } from './keys.ts';

const pressed = (key: string, target: object | null = null, shiftKey = false): number =>
  goesWhere({ key, shiftKey, ctrlKey: false, altKey: false, metaKey: false, target: target as never });

test('a remote turns the page wherever the focus is', () => {
  for (const target of [
    null,
    { tagName: 'INPUT', type: 'range' },
    { tagName: 'BUTTON' },
    { tagName: 'SELECT' },
  ]) {
    expect(pressed('PageDown', target)).toBe(1);
    expect(pressed('PageUp', target)).toBe(-1);
  }
});

test('arrows and space turn it unless what has the focus needs them', () => {
  expect([pressed('ArrowRight'), pressed('ArrowLeft'), pressed(' '), pressed(' ', null, true)]).toEqual([
    1, -1, 1, -1,
  ]);
  expect(pressed('ArrowRight', { tagName: 'INPUT', type: 'range' })).toBe(0);
  expect(pressed('ArrowRight', { tagName: 'BUTTON' })).toBe(1);
  expect(pressed('ArrowRight', { tagName: 'INPUT', type: 'checkbox' })).toBe(1);
  expect(pressed(' ', { tagName: 'BUTTON' })).toBe(0);
  expect(pressed('x')).toBe(0);
});

test('with a modifier a key is the browser’s', () => {
  expect(
    goesWhere({
      key: 'ArrowLeft',
      shiftKey: false,
      ctrlKey: false,
      altKey: true,
      metaKey: false,
      target: null,
    }),
  ).toBe(0);
});
