/** How long a step of the spec would take with the workers that are here, or will be. */

import { computed, signal } from '@preact/signals';
import {
  choiceOf,
  compileModel,
  DATA_SOURCES,
  findPreset,
  flopsPerSample,
  type RunSpec,
  shapeOfRun,
} from '@shoal/core';
import { bytes, count, shortTime } from '../format.ts';
import { run, workers } from '../store.ts';
import type { Checked } from './draft.ts';
import { FIRST_PRESET } from './draftStore.ts';
import { estimateStep } from './estimate.ts';
import { startTexts } from './texts.ts';

/** Megabits a second: what a wireless network of a lecture hall gives to one machine, roughly. */
const bandwidth = signal('100');
const remote = signal('');

/** Of the model with which the workers' speeds were measured. It changes with the run and not with its progress. */
const measuredModel = computed(() => run.value?.spec.model ?? null, { name: 'measuredModel' });
const measuredFlops = computed(() =>
  measuredModel.value === null ? null : flopsPerSample(compileModel(measuredModel.value)),
);

export function EstimatePanel({ checked }: { readonly checked: Extract<Checked, { kind: 'right' }> }) {
  const t = startTexts();
  const { spec } = checked;
  const megabits = Number(bandwidth.value);
  // How a step is cut does not depend on how many samples there are.
  const { stepSamples, leafSamples } = shapeOfRun(spec, 1);
  const estimate = estimateStep({
    flopsPerSample: checked.flopsPerSample,
    vectorLength: checked.vectorLength,
    batch: stepSamples,
    microbatch: leafSamples,
    workers: workers.value,
    measuredFlops: measuredFlops.value,
    megabitsPerSecond: megabits > 0 ? megabits : 100,
    remoteWorkers: Math.max(0, Math.floor(Number(remote.value) || 0)),
  });
  const steps = stepsPerEpoch(spec, stepSamples);
  return (
    <section class="panel estimate" aria-labelledby="estimate-title">
      <h2 id="estimate-title">{t.estimate}</h2>
      <div class="fields">
        <NumberField
          id="bandwidth"
          label={t.bandwidth}
          value={bandwidth.value}
          onType={(text) => {
            bandwidth.value = text;
          }}
        />
        <NumberField
          id="remote-workers"
          label={t.remote}
          value={remote.value}
          placeholder={count(workers.value.filter(({ local }) => !local).length)}
          onType={(text) => {
            remote.value = text;
          }}
        />
      </div>
      <dl class="factlist number">
        <Fact label={t.compute} value={shortTime(estimate.computeSeconds)} />
        <Fact label={t.network} value={shortTime(estimate.networkSeconds)} />
        <Fact label={t.step} value={shortTime(estimate.stepSeconds)} strong />
        {steps === null ? null : (
          <Fact label={t.epoch} value={shortTime(steps * estimate.stepSeconds)} strong />
        )}
      </dl>
      <p class="quiet">
        {t.vector(bytes(estimate.vectorBytes))} · {estimate.measured ? t.measured : t.assumed}
      </p>
      {estimate.networkDominates ? (
        <p class="warn">
          {t.dominates}
          {estimate.vectorBytes > classroomBytes() ? ` ${t.classroom(bytes(classroomBytes()))}` : ''}
        </p>
      ) : null}
      {estimate.usefulWorkers < Math.max(workers.value.length, Number(remote.value) || 0) ? (
        <p class="warn">{t.idle(estimate.microbatches)}</p>
      ) : null}
    </section>
  );
}

/** Rounds of local steps follow each other across epochs; of other steps the last of an epoch is shorter. */
function stepsPerEpoch({ data, steps }: RunSpec, stepSamples: number): number | null {
  const choice = choiceOf(data);
  if (choice === null) return 1;
  const all = DATA_SOURCES[data.source].samples;
  const held = all === null ? null : all - choice.validation;
  const samples = choice.limit === null ? held : Math.min(choice.limit, held ?? choice.limit);
  if (samples === null) return null;
  return steps.type === 'localSteps' ? samples / stepSamples : Math.ceil(samples / stepSamples);
}

/** Of the preset that is meant for networks like a lecture hall's. */
const classroomBytes = (): number => 4 * compileModel(findPreset(FIRST_PRESET).model).vectorLength;

type NumberProps = {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly placeholder?: string;
  readonly onType: (text: string) => void;
};

function NumberField({ id, label, value, placeholder = '', onType }: NumberProps) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        inputMode="decimal"
        value={value}
        placeholder={placeholder}
        onInput={({ currentTarget }) => onType(currentTarget.value)}
      />
    </div>
  );
}

type FactProps = { readonly label: string; readonly value: string; readonly strong?: boolean };

function Fact({ label, value, strong = false }: FactProps) {
  return (
    <div>
      <dt class="quiet">{label}</dt>
      <dd class={strong ? 'strong' : ''}>{value}</dd>
    </div>
  );
}
