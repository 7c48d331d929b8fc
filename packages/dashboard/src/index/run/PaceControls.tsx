/** Slow motion: how many steps a run may begin in a second, one step by button or key, and full speed again. */
import type { RunView } from '@shoal/core';
import { KeyButton } from '../../lecture/picture/KeyButton.tsx';
import { attempt } from '../actions.ts';
import { api } from '../store.ts';
import { runTexts } from './texts.ts';

/** In steps a second. */
const PACES = [20, 10, 5, 2, 1, 0.5];

const choose = (stepsPerSecond: number | null): void => {
  void attempt(() => api.post('/api/run/pace', { stepsPerSecond }));
};

export function PaceControls({ run: { pace } }: { readonly run: RunView }) {
  const t = runTexts();
  const others = pace === null || PACES.includes(pace) ? [] : [pace];
  return (
    <div class="buttons pace" data-pace={pace ?? 'full'}>
      <label class="field inline">
        <span>{t.pace}</span>
        <select
          value={pace ?? ''}
          onChange={({ currentTarget: { value } }) => choose(value === '' ? null : Number(value))}
        >
          <option value="">{t.fullSpeed}</option>
          {[...PACES, ...others]
            .sort((a, b) => b - a)
            .map((one) => (
              <option key={one} value={one}>
                {t.stepsASecond(one)}
              </option>
            ))}
        </select>
      </label>
      {pace === null ? null : (
        <button type="button" onClick={() => choose(null)}>
          {t.toFullSpeed}
        </button>
      )}
      <KeyButton letter="n" onPress={() => void attempt(() => api.post('/api/run/step'))}>
        {t.oneStep}
      </KeyButton>
      <span class="quiet">{t.paceNote}</span>
    </div>
  );
}
