/** Starts a sweep: from a preset or the spec under "Start", any fields with their values, and how they are searched. */
import { signal } from '@preact/signals';
import { presets, SWEEP_METRICS, type SweepMetric, type SweepSearch } from '@shoal/core';
import { useId, useRef, useState } from 'preact/hooks';
import { attempt } from '../actions.ts';
import { CopyButton } from '../shell/CopyButton.tsx';
import { draft as runDraft } from '../start/draftStore.ts';
import { api, queue, run } from '../store.ts';
import { FIRST_DRAFT, type SweepDraft, sweepOfDraft } from './sweepDraft.ts';
import { openSweep, readSweeps } from './sweepStore.ts';
import { sweepTexts } from './texts.ts';

/** Kept while other parts of the page are looked at. */
const draft = signal<SweepDraft>(FIRST_DRAFT);

const change = (part: Partial<SweepDraft>): void => {
  draft.value = { ...draft.peek(), ...part };
};

const SEARCHES: readonly SweepSearch['type'][] = ['grid', 'random', 'successiveHalving'];

export function SweepForm() {
  const t = sweepTexts();
  const [checked, setChecked] = useState<number | null>(null);
  const file = useRef<HTMLPreElement>(null);
  const { name, base, search, metric } = draft.value;
  const input = sweepOfDraft(draft.value, runDraft.value);
  const busy = queue.value.going !== null || (run.value !== null && run.value.result === null);
  const check = async (): Promise<void> => {
    setChecked(null);
    await attempt(async () => {
      const { trials } = await api.post<{ readonly trials: readonly unknown[] }>('/api/sweep', {
        sweep: input,
      });
      setChecked(trials.length);
    });
  };
  const start = async (): Promise<void> => {
    const done = await attempt(() => api.post('/api/sweeps', { sweep: input }));
    if (done) openSweep(name.trim());
    await readSweeps();
  };
  return (
    <section class="panel stack sweep-form" aria-label={t.form}>
      <h2>{t.form}</h2>
      <div class="fields">
        <Text label={t.name} value={name} onType={(text) => change({ name: text })} />
        <Choice
          label={t.base}
          value={base}
          options={[['', t.ownSpec], ...presets.map((preset) => [preset.name, preset.name] as const)]}
          onChoose={(chosen) => change({ base: chosen })}
        />
        <Choice
          label={t.search}
          value={search}
          options={SEARCHES.map((one) => [one, t.searches[one]] as const)}
          onChoose={(chosen) => change({ search: chosen as SweepSearch['type'] })}
        />
        <Choice
          label={t.metric}
          value={metric}
          options={SWEEP_METRICS.map((one) => [one, t.metrics[one]] as const)}
          onChoose={(chosen) => change({ metric: chosen as SweepMetric })}
        />
      </div>
      <Varied />
      <SearchFields />
      <div class="buttons">
        <button type="button" class="primary" onClick={() => void start()}>
          {busy ? t.enqueue : t.start}
        </button>
        <button type="button" onClick={() => void check()}>
          {t.check}
        </button>
        <span role="status" class="quiet">
          {checked === null ? '' : t.checked(checked)}
        </span>
      </div>
      <details>
        <summary>{t.file}</summary>
        <pre ref={file}>
          <code>{JSON.stringify(input, null, 2)}</code>
        </pre>
        <CopyButton text={JSON.stringify(input, null, 2)} place={file} what={t.file} />
      </details>
    </section>
  );
}

function Varied() {
  const t = sweepTexts();
  const { fields } = draft.value;
  const write = (index: number, part: object): void =>
    change({ fields: fields.map((field, i) => (i === index ? { ...field, ...part } : field)) });
  return (
    <fieldset class="varied">
      <legend>{t.valuesHint}</legend>
      {fields.map(({ path, values }, index) => (
        <div class="row" key={index}>
          <Text label={t.field} value={path} onType={(text) => write(index, { path: text })} />
          <Text label={t.values} value={values} onType={(text) => write(index, { values: text })} />
          <button
            type="button"
            disabled={fields.length === 1}
            aria-label={t.on(t.removeField, path)}
            onClick={() => change({ fields: fields.filter((_, i) => i !== index) })}
          >
            {t.removeField}
          </button>
        </div>
      ))}
      <div>
        <button type="button" onClick={() => change({ fields: [...fields, { path: '', values: '' }] })}>
          {t.addField}
        </button>
      </div>
    </fieldset>
  );
}

function SearchFields() {
  const t = sweepTexts();
  const { search, trials, seed, eta, minEpochs, maxEpochs } = draft.value;
  if (search === 'grid') return null;
  const isHalving = search === 'successiveHalving';
  return (
    <div class="fields">
      <Text
        label={t.trials}
        value={trials}
        empty={isHalving ? t.allTrials : ''}
        onType={(text) => change({ trials: text })}
      />
      <Text label={t.seed} value={seed} onType={(text) => change({ seed: text })} />
      {isHalving ? (
        <>
          <Text label={t.eta} value={eta} onType={(text) => change({ eta: text })} />
          <Text label={t.minEpochs} value={minEpochs} onType={(text) => change({ minEpochs: text })} />
          <Text
            label={t.maxEpochs}
            value={maxEpochs}
            empty={t.ofBase}
            onType={(text) => change({ maxEpochs: text })}
          />
        </>
      ) : null}
    </div>
  );
}

type TextProps = {
  readonly label: string;
  readonly value: string;
  readonly empty?: string;
  readonly onType: (text: string) => void;
};

function Text({ label, value, empty = '', onType }: TextProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        value={value}
        placeholder={empty}
        spellcheck={false}
        onInput={({ currentTarget }) => onType(currentTarget.value)}
      />
    </div>
  );
}

type ChoiceProps = {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, text: string])[];
  readonly onChoose: (value: string) => void;
};

function Choice({ label, value, options, onChoose }: ChoiceProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
        {options.map(([one, text]) => (
          <option key={one} value={one}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}
