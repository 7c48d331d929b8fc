/** What is trained, and how: the run spec for people. */
import { choiceOf, type DataSetInfo, type InitialSpec, type PublicSpec, shortHash } from '@shoal/core';
import { named } from '../../shared/words.ts';
import { count } from '../format.ts';
import { extrasOf, fieldsOf, layersOf } from './describe.ts';
import { runTexts } from './texts.ts';

type SpecificationProps = {
  readonly run: {
    readonly spec: PublicSpec;
    readonly dataSet: Pick<DataSetInfo, 'name'>;
    readonly parameters?: number;
  };
};

export function Specification({ run }: SpecificationProps) {
  const t = runTexts();
  const { spec } = run;
  const extras = extrasOf(spec, named);
  const parameters =
    run.parameters === undefined ? [] : [t.parameters(run.parameters, count(run.parameters))];
  return (
    <section class="panel">
      <h2>{t.spec}</h2>
      <dl class="spec">
        <Row
          label={t.model}
          value={[layersOf(spec.model.layers, named), named('loss', spec.model.loss), ...parameters].join(
            ' · ',
          )}
        />
        {spec.initial === undefined ? null : <Row label={t.initial} value={initialOf(spec.initial)} />}
        <Row label={t.data} value={dataOf(run.dataSet.name, spec)} />
        <Row label={t.optimizer} value={fieldsOf('optimizer', spec.optimizer, named)} />
        <Row label={t.schedule} value={fieldsOf('schedule', spec.schedule, named)} />
        <Row label={t.batch} value={t.batchOf(spec.batch, count(spec.batch), count(spec.microbatch))} />
        <Row label={t.numerics} value={spec.numerics === 'exact' ? t.exact : t.fast} />
        <Row label={t.seed} value={String(spec.seed)} />
        {spec.earlyStopping === null ? null : (
          <Row
            label={t.earlyStopping}
            value={t.watched(named('metric', spec.earlyStopping.metric), spec.earlyStopping.patience)}
          />
        )}
        {extras.length === 0 ? null : <Row label={t.more} value={extras.join(' · ')} />}
      </dl>
    </section>
  );
}

function Row({ label, value }: { readonly label: string; readonly value: string }) {
  return (
    <div>
      <dt class="quiet">{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function initialOf({ from, sha256, layers, frozen }: InitialSpec): string {
  const t = runTexts();
  const taken = layers === null ? t.allLayers : t.firstLayers(layers);
  return [from === '' ? shortHash(sha256) : from, taken, ...(frozen ? [t.frozen] : [])].join(' · ');
}

function dataOf(name: string, { data }: PublicSpec): string {
  const t = runTexts();
  if (data.source === 'table') return named('table', data.table);
  const { limit = null, validation = 0 } = choiceOf(data) ?? {};
  const first = limit === null ? [] : [t.firstOf(count(limit))];
  const held = validation === 0 ? [] : [t.heldOut(count(validation))];
  return [name, ...first, ...held].join(' · ');
}
