import { describe, expect, it } from 'vitest';
import { Redraw } from './redraw.ts';

/** A chart of what has come, under a clock that is moved by hand. */
function charted() {
  let now = 0;
  let waiting: { readonly at: number; readonly act: () => void }[] = [];
  let newest = 0;
  const drawn: number[] = [];
  const redraw = new Redraw({
    draw: () => drawn.push(newest),
    after: (ms, act) => {
      const one = { at: now + ms, act };
      waiting.push(one);
      return () => {
        waiting = waiting.filter((other) => other !== one);
      };
    },
  });
  return {
    redraw,
    drawn,
    come: (value: number) => {
      newest = value;
      redraw.changed();
    },
    pass: (ms: number) => {
      now += ms;
      const due = waiting.filter(({ at }) => at <= now);
      waiting = waiting.filter(({ at }) => at > now);
      for (const { act } of due) act();
    },
  };
}

describe('a chart', () => {
  it('in view is drawn whenever something comes', () => {
    const { redraw, drawn, come } = charted();
    redraw.seen(true);
    for (const value of [1, 2, 3]) come(value);
    expect(drawn).toEqual([1, 2, 3]);
  });

  it('out of view is drawn every now and then, and ends with the last that came', () => {
    const { drawn, come, pass } = charted();
    for (let value = 1; value <= 25; value += 1) {
      come(value);
      pass(100);
    }
    // The last five came after the second time.
    expect(drawn).toEqual([10, 20]);
    pass(1000);
    expect(drawn).toEqual([10, 20, 25]);
    pass(5000);
    expect(drawn).toEqual([10, 20, 25]);
  });

  it('that comes into view, or is to be printed, is drawn at once, and only if something has come', () => {
    const { redraw, drawn, come, pass } = charted();
    come(1);
    redraw.seen(true);
    redraw.seen(false);
    redraw.now();
    expect(drawn).toEqual([1]);
    come(2);
    redraw.now();
    pass(5000);
    expect(drawn).toEqual([1, 2]);
  });

  it('that is gone is not drawn', () => {
    const { redraw, drawn, come, pass } = charted();
    come(1);
    redraw.end();
    pass(5000);
    expect(drawn).toEqual([]);
  });
});
