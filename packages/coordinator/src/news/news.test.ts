import { expect, test } from 'vitest';
import { isReport, type News, NewsStream } from './news.ts';

const NOTICE: News = { type: 'notice', level: 'warn', facts: [{ type: 'text', text: 'The disk is full.' }] };

test('everybody who has subscribed hears everything, in the order in which they came', () => {
  const stream = new NewsStream();
  const heard: string[] = [];
  const stop = stream.subscribe(({ type }) => heard.push(`first ${type}`));
  stream.subscribe(({ type }) => heard.push(`second ${type}`));
  stream.publish(NOTICE);
  stop();
  stream.publish({ type: 'runsChanged' });
  expect(heard).toEqual(['first notice', 'second notice', 'second runsChanged']);
});

test('what one listener publishes in turn is heard by all before the next item', () => {
  const stream = new NewsStream();
  const heard: string[] = [];
  stream.subscribe(({ type }) => {
    if (type === 'notice') stream.publish({ type: 'runsChanged' });
  });
  stream.subscribe(({ type }) => heard.push(type));
  stream.publish(NOTICE);
  expect(heard).toEqual(['runsChanged', 'notice']);
});

test('whether somebody reads along is known as long as they do', () => {
  const stream = new NewsStream();
  stream.subscribe(() => {});
  expect(stream.isPrinted).toBe(false);
  const stop = stream.subscribe(() => {}, { prints: true });
  expect(stream.isPrinted).toBe(true);
  stop();
  expect(stream.isPrinted).toBe(false);
});

test('reports are what the command line prints', () => {
  expect(isReport(NOTICE)).toBe(true);
  expect(isReport({ type: 'runsChanged' })).toBe(false);
  expect(isReport({ type: 'remark', level: 'info', kind: 'run', facts: [] })).toBe(false);
});
