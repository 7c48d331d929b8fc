/** Every field of the run spec, in groups. Which fields there are follows from what stands in the draft. */
import { formAt } from '@shoal/core';
import type { ComponentChildren } from 'preact';
import { DataOffers } from './DataOffers.tsx';
import {
  isRecord,
  usualEarlyStopping,
  type Variant,
  valueAt,
  withOuter,
  withValue,
  withVariant,
} from './draft.ts';
import { draft, writeDraft } from './draftStore.ts';
import { Field } from './Field.tsx';
import { InitialModel } from './InitialModel.tsx';
import { Layers } from './LayerList.tsx';
import { typedPair } from './layerFields.ts';
import { Typed } from './Typed.tsx';
import { startTexts } from './texts.ts';

/** Fields of data that may be left out, for which there is a place all the same. */
const NAMES = ['from', 'label'];

export function SpecForm() {
  const t = startTexts();
  return (
    <div class="form">
      <Group title={t.run} width="broad">
        {['name', 'about', 'epochs', 'batch', 'microbatch', 'seed', 'numerics'].map((name) => (
          <Field key={name} path={[name]} />
        ))}
        <Field path={['checkpoint', 'everySteps']} />
      </Group>
      <Group title={t.data}>
        <DataOffers />
        <VariantFields variant="data" tag="source" empty={t.whole} />
        {NAMES.filter(
          (name) =>
            formAt(draft.value, ['data', name]) !== null &&
            valueAt(draft.value, ['data', name]) === undefined,
        ).map((name) => (
          <Field key={name} path={['data', name]} />
        ))}
      </Group>
      <Augmentation />
      <Steps />
      <Group title={t.optimizer}>
        <VariantFields variant="optimizer" tag="type" />
      </Group>
      <Group title={t.schedule}>
        <VariantFields variant="schedule" tag="type" empty={t.whole} />
      </Group>
      <Group title={t.limits}>
        <Field path={['clip', 'value']} empty={t.off} />
        <Field path={['clip', 'norm']} empty={t.off} />
        <Field path={['regularization', 'l1']} />
        <Field path={['regularization', 'l2']} />
      </Group>
      <EarlyStopping />
      <Group title={t.trust}>
        <Field path={['trust', 'spotCheck']} />
        <Field path={['trust', 'quorum']} />
        {valueAt(draft.value, ['numerics']) === 'fast' ? <Field path={['trust', 'trim']} /> : null}
        <p class="quiet">{t.trustWhy}</p>
      </Group>
      <Group title={t.model} width="wide">
        <InputShape />
        <Field path={['model', 'loss']} />
        <Layers />
      </Group>
      <Group title={t.initial} width="wide">
        <InitialModel />
      </Group>
    </div>
  );
}

type GroupProps = {
  readonly title: string;
  /** Of the columns of the form: one, two or all. */
  readonly width?: 'broad' | 'wide';
  readonly children: ComponentChildren;
};

function Group({ title, width, children }: GroupProps) {
  return (
    <fieldset class={width === undefined ? 'group' : `group ${width}`}>
      <legend>{title}</legend>
      <div class="fields">{children}</div>
    </fieldset>
  );
}

type VariantProps = { readonly variant: Variant; readonly tag: string; readonly empty?: string };

/** The tag, and beside it the fields that this variant has. */
function VariantFields({ variant, tag, empty = '' }: VariantProps) {
  const value = valueAt(draft.value, [variant]);
  const names = isRecord(value) ? Object.keys(value).filter((name) => !isRecord(value[name])) : [];
  return (
    <>
      <Field
        path={[variant, tag]}
        onChoose={(word) => writeDraft(withVariant(draft.peek(), variant, word))}
      />
      {names
        .filter((name) => name !== tag)
        .map((name) => (
          <Field key={name} path={[variant, name]} empty={empty} />
        ))}
    </>
  );
}

/** What a step is; with local steps also what becomes of the mean change of its replicas. */
function Steps() {
  const t = startTexts();
  const outer = valueAt(draft.value, ['steps', 'outer']);
  const names = isRecord(outer) ? Object.keys(outer).filter((name) => !isRecord(outer[name])) : [];
  return (
    <Group title={t.steps}>
      <VariantFields variant="steps" tag="type" />
      {names.map((name) => (
        <Field
          key={name}
          path={['steps', 'outer', name]}
          {...(name === 'type' && { onChoose: (word) => writeDraft(withOuter(draft.peek(), word)) })}
        />
      ))}
      <Field path={['coding', 'up']} />
      <Field path={['coding', 'down']} />
      <p class="quiet">{t.stepsWhy}</p>
    </Group>
  );
}

/** A truth table has no pixels to move. */
function Augmentation() {
  const t = startTexts();
  if (!isRecord(valueAt(draft.value, ['data', 'augment']))) return null;
  return (
    <Group title={t.augment}>
      {['shift', 'rotate', 'scale'].map((name) => (
        <Field key={name} path={['data', 'augment', name]} />
      ))}
      <Field path={['data', 'augment', 'elastic', 'alpha']} />
      <Field path={['data', 'augment', 'elastic', 'sigma']} />
    </Group>
  );
}

function EarlyStopping() {
  const t = startTexts();
  const value = valueAt(draft.value, ['earlyStopping']);
  const on = isRecord(value);
  return (
    <Group title={t.earlyStopping} width="broad">
      <label class="check">
        <input
          type="checkbox"
          checked={on}
          onChange={() =>
            writeDraft(withValue(draft.peek(), ['earlyStopping'], on ? null : usualEarlyStopping()))
          }
        />
        <span>{t.stopEarly}</span>
      </label>
      {on
        ? Object.keys(value).map((name) => (
            <Field key={name} path={['earlyStopping', name]} empty={t.never} />
          ))
        : null}
    </Group>
  );
}

function InputShape() {
  const t = startTexts();
  const value = valueAt(draft.value, ['model', 'input']);
  const parse = (text: string): unknown => {
    const typed = typedPair(text);
    return typeof typed === 'number' ? [typed] : (typed ?? []);
  };
  return (
    <div class="field" title="model.input">
      <label for="model-input">{t.fields.input}</label>
      <Typed
        id="model-input"
        value={value}
        parse={parse}
        onType={(shape) => writeDraft(withValue(draft.peek(), ['model', 'input'], shape))}
      />
    </div>
  );
}
