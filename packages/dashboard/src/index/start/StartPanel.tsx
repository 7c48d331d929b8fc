/** Starts a run: from a preset, with any field changed, after the checks of the command line. */
import { type Fact, presets, type TextFact } from '@shoal/core';
import { useEffect, useRef, useState } from 'preact/hooks';
import { language } from '../../shared/language.ts';
import { aboutOf, wordsOf } from '../../shared/words.ts';
import { attempt, refusalText } from '../actions.ts';
import { count } from '../format.ts';
import { RaceButton } from '../race/RacePanel.tsx';
import { goesOn } from '../run/goesOn.ts';
import { runTexts } from '../run/texts.ts';
import { Guarded } from '../shell/Guarded.tsx';
import { chooseTab } from '../shell/tabs.ts';
import { type ApiError, api, run } from '../store.ts';
import { QueueCard } from '../sweep/QueueCard.tsx';
import type { Checked } from './draft.ts';
import { checked, draft, writeDraft } from './draftStore.ts';
import { EstimatePanel } from './EstimatePanel.tsx';
import { JsonField } from './JsonField.tsx';
import { SpecForm } from './SpecForm.tsx';
import './start.css';
import { startTexts } from './texts.ts';

export function StartPanel() {
  const t = startTexts();
  const state = checked.value;
  // While something is mended the estimate of the last spec that was right stays: nothing jumps under the cursor.
  const right = useRef(state.kind === 'right' ? state : null);
  if (state.kind === 'right') right.current = state;
  return (
    <>
      <Guarded name="start">
        <section class="panel stack">
          <h1>{t.title}</h1>
          <PresetChoice />
          <Verdict state={state} />
          <StartButton state={state} />
        </section>
      </Guarded>
      <Guarded name="queue">
        <QueueCard />
      </Guarded>
      {right.current === null ? null : (
        <Guarded name="estimate">
          <EstimatePanel checked={right.current} />
        </Guarded>
      )}
      <Guarded name="spec-form">
        <SpecForm />
      </Guarded>
      <details class="panel">
        <summary>{t.wholeSpec}</summary>
        <JsonField
          label={t.wholeSpec}
          value={draft.value}
          rows={24}
          onType={(written) => {
            if (typeof written === 'object' && written !== null && !Array.isArray(written)) {
              writeDraft(written as typeof draft.value);
            }
          }}
        />
      </details>
    </>
  );
}

function PresetChoice() {
  const t = startTexts();
  const name = String(draft.value.name);
  const known = presets.find((preset) => preset.name === name);
  return (
    <>
      <label class="field">
        <span>{t.preset}</span>
        <select
          value={known?.name ?? ''}
          onChange={({ currentTarget }) => {
            const chosen = presets.find((preset) => preset.name === currentTarget.value);
            if (chosen !== undefined) writeDraft(chosen);
          }}
        >
          {known === undefined ? <option value="">{t.custom}</option> : null}
          {presets.map((preset) => (
            <option key={preset.name} value={preset.name}>
              {preset.name}
            </option>
          ))}
        </select>
      </label>
      <p class="about">{aboutOf({ name, about: String(draft.value.about ?? '') })}</p>
    </>
  );
}

/** What is wrong with the spec, or what it amounts to. */
function Verdict({ state }: { readonly state: Checked }) {
  const t = startTexts();
  const notices = useNotices(state);
  return (
    <div id="spec-problems" role="status">
      {state.kind === 'wrong' ? (
        <>
          <p class="problem">{t.wrong(state.problems.length)}</p>
          <ul class="problems">
            {state.problems.map(wordsOf).map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </>
      ) : (
        <p class="quiet">
          {t.right} {t.size(state.trainable, count(state.trainable), (state.flopsPerSample / 1e6).toFixed(2))}
        </p>
      )}
      {notices.map(wordsOf).map((notice) => (
        <p key={notice} class="warn">
          {notice}
        </p>
      ))}
    </div>
  );
}

const CHECK_AFTER_MS = 600;

/** `facts` say what `notices` say. */
type SpecAnswer = { readonly notices: readonly string[]; readonly facts?: readonly Fact[] };

const textFact = (text: string): TextFact => ({ type: 'text', text });

/** What the coordinator has to say besides: whether the data is there, and what it would fit to it. */
function useNotices(state: Checked): readonly Fact[] {
  const [notices, setNotices] = useState<readonly Fact[]>([]);
  useEffect(() => {
    setNotices([]);
    if (state.kind === 'wrong') return;
    let current = true;
    const timer = setTimeout(async () => {
      const said = await api
        .post<SpecAnswer>('/api/spec', { spec: state.spec })
        .then(({ notices: texts, facts = texts.map(textFact) }) => facts)
        .catch((error: ApiError) => refusalText(error).split('\n').map(textFact));
      if (current) setNotices(said);
    }, CHECK_AFTER_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
    // A refusal is worded as it comes: in another language it is asked for again.
  }, [state, language.value]);
  return notices;
}

function StartButton({ state }: { readonly state: Checked }) {
  const t = startTexts();
  const [starting, setStarting] = useState(false);
  const view = run.value;
  const busy = view !== null && goesOn(view.state);
  const start = async (): Promise<void> => {
    if (state.kind === 'wrong') return;
    setStarting(true);
    const done = await attempt(() => api.post('/api/runs', { spec: state.spec }));
    setStarting(false);
    // One that waits shows in the queue, right here.
    if (done && !busy) chooseTab('run');
  };
  return (
    <div class="buttons">
      <button
        type="button"
        class="primary"
        disabled={state.kind === 'wrong' || starting}
        onClick={() => void start()}
      >
        {starting ? t.starting : busy ? t.enqueue : t.start}
      </button>
      <RaceButton spec={state.kind === 'right' ? state.spec : null} />
      {busy ? <span class="quiet">{t.busy}</span> : <span class="quiet">{runTexts().exact}</span>}
    </div>
  );
}
