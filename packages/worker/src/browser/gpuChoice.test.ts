import { describe, expect, it } from 'vitest';
import { GpuChoice } from './gpuChoice.ts';

function choice(device: 'auto' | 'processor' | 'gpu' = 'auto', isPlayed = false): GpuChoice {
  const one = new GpuChoice();
  one.found({ name: 'Card 7', isPlayed });
  one.want(device);
  return one;
}

describe('the choice of a graphics processor', () => {
  it('offers none where there is none, where none is wanted, or where a processor plays it', () => {
    expect(new GpuChoice().view).toEqual({ name: null, state: 'none' });
    expect(choice('processor').view).toEqual({ name: 'Card 7', state: 'notWanted' });
    expect(choice('auto', true).view.state).toBe('played');
    for (const one of [new GpuChoice(), choice('processor'), choice('auto', true)]) {
      expect(one.isOffered).toBe(false);
    }
    expect(choice('gpu', true).isOffered).toBe(true);
  });

  it('keeps it where it is faster than all threads of the processor, and gives it up where it is not', () => {
    const fast = choice();
    expect(fast.welcomed('run', 'webgpu')).toBe(false);
    expect(fast.reported({ type: 'measured', gpuMs: 10, threadMs: 100 }, 4)).toBe(false);
    expect(fast.view.state).toBe('used');
    const slow = choice();
    expect(slow.reported({ type: 'measured', gpuMs: 30, threadMs: 100 }, 4)).toBe(true);
    expect(slow.view.state).toBe('slower');
    // Whoever asks for it gets it.
    expect(choice('gpu').reported({ type: 'measured', gpuMs: 30, threadMs: 100 }, 4)).toBe(false);
  });

  it('goes on without one that is lost, until it is asked for again', () => {
    const one = choice('gpu');
    expect(one.reported({ type: 'lost', reason: 'Its driver gave up.' }, 4)).toBe(true);
    expect(one.view.state).toBe('lost');
    expect(one.isOffered).toBe(false);
    one.want('gpu');
    expect(one.isOffered).toBe(true);
  });

  it('gives way in a run that takes none, and is asked anew for the next one', () => {
    const one = choice();
    expect(one.welcomed('exact', 'wasm-strict')).toBe(true);
    expect(one.view.state).toBe('exactRun');
    expect(one.welcomed('exact', 'wasm-strict')).toBe(false);
    expect(one.isOffered).toBe(false);
    one.runEnded();
    expect(one.isOffered).toBe(true);
  });
});
