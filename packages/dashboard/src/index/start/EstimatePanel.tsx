/** How long the spec's steps and epochs would take with the workers that are here, or will be, and by which exchange. */

import { computed, signal } from '@preact/signals';
import {
  ASSUMED_LINE,
  ASSUMED_LINK_BITS_PER_SECOND,
  type Choices,
  choicesOf,
  compileModel,
  crowdOf,
  expectedTrainCount,
  flopsPerSample,
} from '@shoal/core';
import { useMemo } from 'preact/hooks';
import { bytes, count, percent, shortTime } from '../format.ts';
import { run, workers } from '../store.ts';
import type { Checked } from './draft.ts';
import { writeDraft } from './draftStore.ts';
import { startTexts } from './texts.ts';

/** Megabits a second, where nothing else is written. */
const LINK = ASSUMED_LINK_BITS_PER_SECOND / 1e6;
const LINE_UP = ASSUMED_LINE.upBitsPerSecond / 1e6;
const LINE_DOWN = ASSUMED_LINE.downBitsPerSecond / 1e6;

const link = signal(String(LINK));
const lineUp = signal('');
const lineDown = signal('');
const remote = signal('');

/** Of the model with which the workers' speeds were measured. It changes with the run and not with its progress. */
const measuredModel = computed(() => run.value?.spec.model ?? null, { name: 'measuredModel' });
const measuredFlops = computed(() =>
  measuredModel.value === null ? null : flopsPerSample(compileModel(measuredModel.value)),
);

const bitsOf = (typed: string, otherwise: number): number => {
  const megabits = Number(typed);
  return 1e6 * (megabits > 0 ? megabits : otherwise);
};

export function EstimatePanel({ checked }: { readonly checked: Extract<Checked, { kind: 'right' }> }) {
  const t = startTexts();
  const { spec } = checked;
  const model = useMemo(() => compileModel(spec.model), [spec]);
  const crowd = crowdOf({
    flopsPerSample: checked.flopsPerSample,
    workers: workers.value,
    measuredFlops: measuredFlops.value,
    remoteWorkers: Math.max(0, Math.floor(Number(remote.value) || 0)),
    assumedLine: {
      upBitsPerSecond: bitsOf(lineUp.value, LINE_UP),
      downBitsPerSecond: bitsOf(lineDown.value, LINE_DOWN),
      rttSeconds: ASSUMED_LINE.rttSeconds,
    },
  });
  const choices = choicesOf(
    spec,
    model,
    expectedTrainCount(spec),
    crowd.participants,
    bitsOf(link.value, LINK),
  );
  const { estimate, epochSeconds } = choices.written;
  const overLines = crowd.participants.some(({ line }) => line !== null);
  return (
    <section class="panel estimate" aria-labelledby="estimate-title">
      <h2 id="estimate-title">{t.estimate}</h2>
      <div class="fields">
        <NumberField id="remote-workers" label={t.remote} typed={remote} placeholder={count(remoteHere())} />
        <NumberField id="line-up" label={t.lineUp} typed={lineUp} placeholder={count(LINE_UP)} />
        <NumberField id="line-down" label={t.lineDown} typed={lineDown} placeholder={count(LINE_DOWN)} />
        <NumberField id="bandwidth" label={t.bandwidth} typed={link} placeholder={count(LINK)} />
      </div>
      <dl class="factlist number">
        <Fact label={t.step} value={shortTime(estimate.stepSeconds)} strong />
        <Fact label={t.epoch} value={shortTime(epochSeconds)} strong />
        <Fact label={t.computing} value={percent(estimate.computingShare, 0)} />
        <Fact
          label={t.useful}
          value={`${count(estimate.usefulWorkers)} / ${count(crowd.participants.length)}`}
        />
      </dl>
      <p class="quiet">{crowd.measured ? t.measured : t.assumed}</p>
      {estimate.usefulWorkers < crowd.participants.length ? <p class="warn">{t.idle}</p> : null}
      {overLines ? <Exchanges choices={choices} participants={crowd.participants.length} /> : null}
    </section>
  );
}

const remoteHere = (): number => workers.value.filter(({ local }) => !local).length;

/** The exchanges side by side, with the one that suits these lines and why. */
function Exchanges({ choices, participants }: { readonly choices: Choices; readonly participants: number }) {
  const t = startTexts();
  const { written, all, recommended } = choices;
  return (
    <>
      <h3 class="above">{t.exchanges}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section class="scroll" tabIndex={0} aria-label={t.exchanges}>
        <table class="grid">
          <thead>
            <tr>
              <th scope="col">{t.exchange}</th>
              <th scope="col">{t.epoch}</th>
              <th scope="col">{t.bytesPerEpoch}</th>
              <th scope="col">{t.computing}</th>
              <th scope="col" />
            </tr>
          </thead>
          <tbody>
            {all.map((choice) => (
              <tr key={choice.name ?? 'written'}>
                <th scope="row">
                  {choice.name === null ? t.asWritten : t.exchangeNames[choice.name]}
                  {choice === recommended ? <span class="tag">{t.recommended}</span> : null}
                </th>
                <td class="number">{shortTime(choice.epochSeconds)}</td>
                <td class="number">{bytes(choice.bytesPerEpoch)}</td>
                <td class="number">{percent(choice.estimate.computingShare, 0)}</td>
                <td>
                  {choice === written ? (
                    <span class="quiet">{t.chosen}</span>
                  ) : (
                    <button type="button" onClick={() => writeDraft({ ...choice.spec })}>
                      {t.take}
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p class="quiet">{whyOf(choices, participants)}</p>
    </>
  );
}

function whyOf({ all, recommended }: Choices, participants: number): string {
  const t = startTexts();
  const gradients = all.find(({ name }) => name === 'gradients');
  if (gradients === undefined || recommended.name === null) return t.anotherRun;
  if (recommended.name === 'gradients') return `${t.whyGradients} ${t.anotherRun}`;
  const { usefulWorkers, computingShare } = gradients.estimate;
  const hindrance =
    usefulWorkers < Math.min(participants, recommended.estimate.usefulWorkers)
      ? t.whyFew(usefulWorkers, participants)
      : t.whyNot(percent(computingShare, 0));
  return `${hindrance} ${t.why[recommended.name]} ${t.anotherRun}`;
}

type NumberProps = {
  readonly id: string;
  readonly label: string;
  readonly typed: { value: string };
  readonly placeholder: string;
};

function NumberField({ id, label, typed, placeholder }: NumberProps) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        inputMode="decimal"
        value={typed.value}
        placeholder={placeholder}
        onInput={({ currentTarget }) => {
          typed.value = currentTarget.value;
        }}
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
