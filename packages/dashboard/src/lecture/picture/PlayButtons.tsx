/** Plays what goes step by step, or goes one step on, or begins again: by button and by key. */
import { lectureTexts } from '../texts.ts';
import { KeyButton } from './KeyButton.tsx';
import type { Stepper } from './stepper.ts';

export function PlayButtons({ at, end, isPlaying, play, moveTo }: Stepper) {
  const t = lectureTexts();
  // What has come to its end stands still, whether it was stopped or not.
  const isAtEnd = at >= end;
  const begin = (): void => {
    moveTo(0);
    play(true);
  };
  return (
    <>
      <KeyButton letter="p" onPress={() => (isAtEnd ? begin() : play(!isPlaying))}>
        {isAtEnd ? t.playAgain : isPlaying ? t.pause : t.play}
      </KeyButton>
      <KeyButton letter="n" disabled={isAtEnd} onPress={() => moveTo(at + 1)}>
        {t.stepKey}
      </KeyButton>
      <KeyButton letter="r" onPress={begin}>
        {t.again}
      </KeyButton>
    </>
  );
}
