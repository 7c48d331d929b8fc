import { describe, expect, it } from 'vitest';
import { Cancelled } from './lab/pace.ts';
import { LongTask } from './task.ts';

describe('a long task', () => {
  it('says how far it is, and is idle again when it is done', async () => {
    const task = new LongTask();
    const result = task.run(async ({ progress }) => {
      progress(3, 10);
      expect(task.state.value).toEqual({ name: 'running', done: 3, total: 10 });
      return 'done';
    });
    expect(await result).toBe('done');
    expect(task.state.value).toEqual({ name: 'idle' });
  });

  it('is called off by another, whose state is the only one that shows', async () => {
    const task = new LongTask();
    const first = task.run(
      ({ signal }) =>
        new Promise<string>((_, reject) => {
          signal.addEventListener('abort', () => reject(new Cancelled('The task was called off.')));
        }),
    );
    const second = task.run(async () => 'second');
    expect(await first).toBeNull();
    expect(await second).toBe('second');
    expect(task.state.value).toEqual({ name: 'idle' });
  });

  it('says the sentence that it failed with', async () => {
    const task = new LongTask();
    expect(await task.run(() => Promise.reject(new Error('The samples have not come yet.')))).toBeNull();
    expect(task.state.value).toEqual({
      name: 'failed',
      problem: { type: 'said', text: 'The samples have not come yet.' },
    });
  });
});
