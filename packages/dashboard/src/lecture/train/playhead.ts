/** The moment of its runs that a scene shows, moved at a chosen pace or by hand. Training never waits for it. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { advanced, type Pace, rateOf, reachOf } from './pace.ts';
import type { Recording } from './recordings.ts';

/** Without motion the picture changes so seldom that it does not move. */
const STILL_MS = 500;

export type Playhead = {
  /** In steps. */
  readonly at: number;
  /** The last step that there will be. */
  readonly end: number;
  readonly pace: Pace;
  readonly isPlaying: boolean;
  readonly choosePace: (pace: Pace) => void;
  readonly play: (plays: boolean) => void;
  readonly moveTo: (step: number) => void;
};

export const wantsStillness = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;

/** Draws anew whenever something of a recording comes. */
export function useRecordings(recordings: readonly Recording[]): void {
  for (const { version } of recordings) version.value;
}

/** @param start whether the scene begins with the run's beginning, or where the run has got to */
export function usePlayhead(recordings: readonly Recording[], start: Pace = 'quick'): Playhead {
  useRecordings(recordings);
  const [at, setAt] = useState(0);
  const [pace, choosePace] = useState<Pace>(wantsStillness() ? 'fast' : start);
  const [isPlaying, play] = useState(true);
  const { end, recorded } = reachOf(recordings);
  const reach = useRef({ end, recorded });
  reach.current = { end, recorded };
  useEffect(() => {
    if (!isPlaying) return;
    let last = performance.now();
    let request = 0;
    let drawn = 0;
    const move = (now: number): void => {
      const { end, recorded } = reach.current;
      const seconds = (now - last) / 1000;
      if (!wantsStillness() || now - drawn > STILL_MS) {
        setAt((before) => advanced(before, rateOf(pace, end), seconds, recorded));
        last = now;
        drawn = now;
      }
      request = requestAnimationFrame(move);
    };
    request = requestAnimationFrame(move);
    return () => cancelAnimationFrame(request);
  }, [isPlaying, pace]);
  const moveTo = (step: number): void => {
    play(false);
    setAt(Math.min(Math.max(Math.round(step), 0), recorded));
  };
  return { at: Math.floor(at + 1e-6), end, pace, isPlaying, choosePace, play, moveTo };
}
