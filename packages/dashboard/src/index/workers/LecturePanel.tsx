/** Buttons that disturb a worker of this machine, each with what there is to see. */
import { LOCAL_ACTIONS, type LocalAction, type LocalWorkerView } from '@shoal/core';
import { useRef, useState } from 'preact/hooks';
import { attempt } from '../actions.ts';
import { api, locals, run } from '../store.ts';
import { PoisonQuestion } from './PoisonQuestion.tsx';
import { isChecked, presentTrust, USUAL_SPOT_CHECK } from './TrustPanel.tsx';
import { workerTexts } from './texts.ts';

const watchOf = (fault: LocalAction): string => workerTexts()[`${fault}Watch`];

export function LecturePanel() {
  const t = workerTexts();
  const [chosen, setChosen] = useState<string | null>(null);
  const question = useRef<HTMLDialogElement>(null);
  const all = locals.value;
  // Never another one than was chosen.
  const one = chosen === null ? all[0] : all.find(({ name }) => name === chosen);
  const trust = presentTrust();
  const post = (name: string, body: object): Promise<boolean> =>
    attempt(() => api.post(`/api/local/${encodeURIComponent(name)}`, body));
  const disturb = (fault: LocalAction): void => {
    if (one === undefined) return;
    if (fault === 'poison' && trust !== null && !isChecked(trust)) question.current?.showModal();
    else void post(one.name, { action: fault });
  };
  const poison = async (name: string, answer: 'check' | 'unchecked'): Promise<void> => {
    const checks = { spotCheck: USUAL_SPOT_CHECK };
    if (answer === 'check' && !(await attempt(() => api.post('/api/run/trust', checks)))) return;
    await post(name, { action: 'poison', unchecked: answer === 'unchecked' });
  };
  return (
    <section class="panel lecture">
      <div class="title">
        <h2>{t.lecture}</h2>
        <button type="button" onClick={() => void attempt(() => api.post('/api/local', { action: 'add' }))}>
          {t.add}
        </button>
      </div>
      <p class="quiet">{run.value?.spec.numerics === 'fast' ? t.lectureWhyFast : t.lectureWhy}</p>
      {all.length === 0 ? (
        <p>{t.noLocals}</p>
      ) : (
        <>
          <fieldset class="choices">
            <legend>{t.which}</legend>
            {all.map((local) => (
              <Choice
                key={local.name}
                local={local}
                checked={local === one}
                onChoose={() => setChosen(local.name)}
              />
            ))}
          </fieldset>
          {one === undefined ? <p class="warn">{t.goneLocal(chosen ?? '')}</p> : null}
          <ul class="faults">
            {LOCAL_ACTIONS.map((fault) => (
              <li key={fault}>
                <button
                  type="button"
                  class={fault === 'restore' ? 'primary' : ''}
                  disabled={one === undefined}
                  onClick={() => disturb(fault)}
                >
                  {t[fault]}
                </button>
                <p class="quiet">{watchOf(fault)}</p>
              </li>
            ))}
          </ul>
          {one === undefined ? null : (
            <PoisonQuestion
              dialog={question}
              name={one.name}
              onAnswer={(answer) => void poison(one.name, answer)}
            />
          )}
        </>
      )}
    </section>
  );
}

type ChoiceProps = {
  readonly local: LocalWorkerView;
  readonly checked: boolean;
  readonly onChoose: () => void;
};

function Choice({ local, checked, onChoose }: ChoiceProps) {
  const t = workerTexts();
  return (
    <label class="choice">
      <input type="radio" name="local-worker" checked={checked} onChange={onChoose} />
      <span>{local.name}</span>
      <span class={`mark ${local.state}`}>{t.localStates[local.state]}</span>
    </label>
  );
}
