import { bytesOf, Codings, compileModel, decodeCoordinatorMessage, VectorArena } from '@shoal/core';
import { expect, test } from 'vitest';
import { smallSpec } from '../smallRun.suite.ts';
import { ParameterMessages } from './parameterMessages.ts';

const MODEL = compileModel(smallSpec.model);
const length = MODEL.vectorLength;

/** A vector whose every tensor is ±1: its own scale is 1/127 (int8) or 1/7 (int4), as far as 16 bits go. */
const ones = (sign: 1 | -1): Float32Array => new Float32Array(length).fill(sign * 127 * 2 ** -7);

function setUp(down: 'f32' | 'int8' | 'int4') {
  const codings = new Codings({ ...smallSpec, coding: { up: 'f32', down } }, MODEL);
  const arena = new VectorArena({ length });
  const [current, change] = [arena.allocateFilled(0), arena.allocateFrom(ones(1))];
  const messages = new ParameterMessages(codings, () => arena.view(current));
  return {
    codings,
    arena,
    current,
    messages,
    step: (version: number) => messages.changed(version, arena, change),
  };
}

const told = (frame: Uint8Array) => {
  const message = decodeCoordinatorMessage(frame);
  if (message.type !== 'parameters') throw new Error(message.type);
  return message;
};

test('who holds the version before is told the change, others are told all changes, or the whole', () => {
  const { codings, messages, step } = setUp('int8');
  for (let version = 1; version <= 5; version += 1) step(version);
  const bytes = codings.down?.byteLength ?? 0;
  for (const holds of [4, 3, 2]) {
    const message = told(messages.of(5, holds).frame);
    expect(message).toMatchObject({ version: 5, base: holds });
    expect(message.vector).toHaveLength((5 - holds) * bytes);
  }
  // Four changes of 8 bits are longer than the whole.
  for (const holds of [1, 0]) {
    const message = told(messages.of(5, holds).frame);
    expect(message).toMatchObject({ version: 5, base: null });
    expect(message.vector).toHaveLength(4 * length);
  }
});

test('a newcomer early in a run adds the changes to the version that it draws', () => {
  const { messages, step } = setUp('int4');
  step(1);
  step(2);
  expect(told(messages.of(2, 0).frame)).toMatchObject({ version: 2, base: 0 });
});

test('a run that begins with a model tells it whole, since nobody can draw it', () => {
  const { messages, step } = setUp('int4');
  expect(told(messages.of(1, 0).frame)).toMatchObject({ version: 1, base: null });
  // Its first change is of version 1, which whoever has only drawn does not hold.
  step(2);
  expect(told(messages.of(2, 0).frame)).toMatchObject({ version: 2, base: null });
  expect(told(messages.of(2, 1).frame)).toMatchObject({ version: 2, base: 1 });
});

test('within one process everybody gets the whole where it lies', () => {
  const { arena, current, messages, step } = setUp('int8');
  step(1);
  const { message } = messages.of(1, 0);
  if (message.type !== 'parameters') throw new Error(message.type);
  expect(message).toMatchObject({ version: 1, base: null, checksum: null });
  expect(message.vector.buffer).toBe(arena.view(current).buffer);
});

test('after a version that no change leads to, such as a state that was gone back to, the whole is sent', () => {
  const { messages, step } = setUp('int8');
  step(1);
  step(2);
  expect(told(messages.of(3, 2).frame).base).toBeNull();
  step(4);
  expect(told(messages.of(4, 3).frame).base).toBe(3);
  expect(told(messages.of(4, 2).frame).base).toBeNull();
});

test('where parameters are not rounded they are always sent whole', () => {
  const { arena, current, messages, step } = setUp('f32');
  step(1);
  const message = told(messages.of(1, 0).frame);
  expect(message.base).toBeNull();
  expect(Uint8Array.from(message.vector)).toEqual(bytesOf(arena.view(current)).slice());
});

test('each form is encoded once, whatever the number of workers', () => {
  const { messages, step } = setUp('int8');
  step(1);
  step(2);
  expect(messages.of(2, 1)).toBe(messages.of(2, 1));
  expect(messages.of(2, 1).frame).toBe(messages.of(2, 1).frame);
  expect(messages.of(2, 0)).not.toBe(messages.of(2, 1));
});
