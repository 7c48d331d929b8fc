/** Opens the run of a scene as an ordinary run, on the coordinator, with everything else of the dashboard. */
import type { RunSpec } from '@shoal/core';
import { useEffect, useState } from 'preact/hooks';
import { refusalText } from '../../index/actions.ts';
import { startRace } from '../../index/race/race.ts';
import { ApiError, api, operates } from '../../index/store.ts';
import { scene } from '../place.ts';
import { sceneWords } from '../sceneWords.ts';
import { lectureTexts } from '../texts.ts';

/** What came of asking the coordinator for the scene's run. */
type Asked = { readonly text: string; readonly leadsTo: string | null };

/** Starts the scene's run on the coordinator, where the whole room trains it; several one after another. */
export function OpenRun({ specs }: { readonly specs: readonly RunSpec[] }) {
  const t = lectureTexts();
  const [asked, say] = useState<Asked | null>(null);
  const [first] = specs;
  useEffect(() => say(null), [first]);
  if (!operates.value || first === undefined) return null;
  const open = async (): Promise<Asked> => {
    // What the class is told of it.
    const about = sceneWords(scene.peek()).sentence;
    const told = specs.map(({ trust: _trust, ...fields }) => ({ ...fields, about }));
    if (told.length > 1) {
      await startRace(told);
      return { text: t.openedAll(told.length), leadsTo: './?part=runs' };
    }
    const { place } = await api.post<{ readonly place: number }>('/api/runs', { spec: told[0] });
    return { text: place === 0 ? t.opened : t.openedLater(place), leadsTo: './?part=run' };
  };
  const press = (): void => {
    open()
      .catch((error: unknown): Asked => {
        if (!(error instanceof ApiError)) throw error;
        return { text: refusalText(error), leadsTo: null };
      })
      .then(say);
  };
  return (
    <span class="row">
      <button type="button" title={specs.length > 1 ? t.openAllNote : t.openRunNote} onClick={press}>
        {t.openRun}
      </button>
      <span role="status" class="quiet">
        {asked?.text}
        {asked?.leadsTo == null ? null : (
          <a href={asked.leadsTo} target="_blank" rel="noreferrer">
            {' ↗'}
          </a>
        )}
      </span>
    </span>
  );
}
