/** A count that goes up by itself, at a pace for the eye, or by key: for pictures whose steps are computed at once. */
import { useEffect, useState } from 'preact/hooks';
import { wantsStillness } from '../train/playhead.ts';

export type Stepper = {
  readonly at: number;
  readonly end: number;
  readonly isPlaying: boolean;
  readonly play: (plays: boolean) => void;
  readonly moveTo: (at: number) => void;
};

/** @param key another one begins anew */
export function useStepper(end: number, perSecond: number, key: string): Stepper {
  const [at, setAt] = useState(0);
  const [isPlaying, play] = useState(true);
  useEffect(() => {
    // Without motion its end is shown; the beginning is a press away.
    setAt(wantsStillness() ? end : 0);
    play(!wantsStillness());
  }, [key, end]);
  useEffect(() => {
    if (!isPlaying) return;
    const timer = setInterval(() => setAt((before) => Math.min(before + 1, end)), 1000 / perSecond);
    return () => clearInterval(timer);
  }, [isPlaying, end, perSecond]);
  const moveTo = (to: number): void => {
    play(false);
    setAt(Math.min(Math.max(to, 0), end));
  };
  return { at: Math.min(at, end), end, isPlaying, play, moveTo };
}
