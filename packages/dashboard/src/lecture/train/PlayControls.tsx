/** How a scene's run is played: at which pace, from where, step by step; and how to open it as an ordinary run. */
import { shortHash } from '@shoal/core';
import { PlayButtons } from '../picture/PlayButtons.tsx';
import { PositionSlider } from '../picture/PositionSlider.tsx';
import { lectureTexts } from '../texts.ts';
import { OpenRun } from './OpenRun.tsx';
import { PACES, type Pace } from './pace.ts';
import type { Playhead } from './playhead.ts';
import type { Recording } from './recordings.ts';

type Props = {
  readonly playhead: Playhead;
  readonly recordings: readonly Recording[];
  /** The runs are opened all together, one after another, as a comparison; else the first. */
  readonly opensAll?: boolean;
};

export function PlayControls({ playhead, recordings, opensAll = false }: Props) {
  const t = lectureTexts();
  const { at, end, pace, isPlaying, choosePace, play, moveTo } = playhead;
  const over = recordings.every(({ isOver }) => isOver);
  const failed = recordings.find(({ failure }) => failure !== null)?.failure ?? null;
  const done = recordings.reduce((sum, one) => sum + one.done, 0) / Math.max(1, recordings.length);
  return (
    <div class="controls play" data-over={over} data-at={at} data-end={end}>
      <PlayButtons at={at} end={end} isPlaying={isPlaying} play={play} moveTo={moveTo} />
      <label class="row">
        {t.pace}
        <select value={pace} onChange={(event) => choosePace(event.currentTarget.value as Pace)}>
          {PACES.map((one) => (
            <option key={one} value={one}>
              {t.paces[one]}
            </option>
          ))}
        </select>
      </label>
      <PositionSlider at={at} end={end} moveTo={moveTo} />
      {over ? null : (
        <p class="quiet number" role="status">
          {recordings.every(({ steps }) => steps === 0) ? t.drawingData : t.training(Math.floor(100 * done))}
        </p>
      )}
      {failed === null ? null : (
        <p class="fault" role="alert">
          {t.failed(failed)}
        </p>
      )}
      {recordings.length === 1 && recordings[0]?.outcome != null ? (
        <span class="quiet number">{t.bits(shortHash(recordings[0].outcome.parametersSha256))}</span>
      ) : null}
      <OpenRun specs={recordings.slice(0, opensAll ? undefined : 1).map(({ spec }) => spec)} />
    </div>
  );
}
