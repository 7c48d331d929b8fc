/** Plays what goes step by step, or goes one step on, or begins again: by button and by key. */
import { lectureTexts } from '../texts.ts';
import { KeyButton } from './KeyButton.tsx';
import type { Stepper } from './stepper.ts';

type Props = Pick<Stepper, 'at' | 'isPlaying' | 'play' | 'moveTo'>;

export function PlayButtons({ at, isPlaying, play, moveTo }: Props) {
  const t = lectureTexts();
  return (
    <>
      <KeyButton letter="p" onPress={() => play(!isPlaying)}>
        {isPlaying ? t.pause : t.play}
      </KeyButton>
      <KeyButton letter="n" onPress={() => moveTo(at + 1)}>
        {t.stepKey}
      </KeyButton>
      <KeyButton
        letter="r"
        onPress={() => {
          moveTo(0);
          play(true);
        }}
      >
        {t.again}
      </KeyButton>
    </>
  );
}
