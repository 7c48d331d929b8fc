/** Buttons and keys of a stepper. */
import { PlayButtons } from './PlayButtons.tsx';
import { PositionSlider } from './PositionSlider.tsx';
import type { Stepper } from './stepper.ts';

export function StepControls({ stepper }: { readonly stepper: Stepper }) {
  const { at, end, isPlaying, play, moveTo } = stepper;
  return (
    <div class="controls play" data-at={at} data-end={end}>
      <PlayButtons at={at} end={end} isPlaying={isPlaying} play={play} moveTo={moveTo} />
      <PositionSlider at={at} end={end} moveTo={moveTo} />
    </div>
  );
}
