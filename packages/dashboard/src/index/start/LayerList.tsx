/** The layers of the model, one below the other, with the shape that each gives. */
import { type FieldForm, LAYER_TYPES, type LayerType, newLayer } from '@shoal/core';
import { useId, useState } from 'preact/hooks';
import { named } from '../../shared/words.ts';
import { choiceKind } from './choices.ts';
import { type Draft, isRecord, shapesOf, typedNumber, valueAt, withValue } from './draft.ts';
import { draft, writeDraft } from './draftStore.ts';
import { JsonField } from './JsonField.tsx';
import { inputsOf, typedPair } from './layerFields.ts';
import { Typed } from './Typed.tsx';
import { startTexts } from './texts.ts';

const PATH = ['model', 'layers'] as const;

const writeLayers = (layers: unknown): void => writeDraft(withValue(draft.peek(), PATH, layers));

export function Layers() {
  const t = startTexts();
  const [asJson, setAsJson] = useState(false);
  const value = valueAt(draft.value, PATH);
  const layers: readonly unknown[] | null = Array.isArray(value) ? value : null;
  return (
    <div class="layers">
      <div class="title">
        <h3>{t.layers}</h3>
        <button type="button" class="plain" aria-pressed={asJson} onClick={() => setAsJson(!asJson)}>
          {asJson ? t.asList : t.asJson}
        </button>
      </div>
      {asJson || layers === null || !layers.every(isRecord) ? (
        <JsonField label={t.layersJson} value={value} rows={10} onType={writeLayers} />
      ) : (
        <List layers={layers} />
      )}
    </div>
  );
}

function List({ layers }: { readonly layers: readonly Draft[] }) {
  const t = startTexts();
  const shapes = shapesOf(valueAt(draft.value, ['model']));
  const replace = (at: number, ...others: readonly unknown[]): void =>
    writeLayers([...layers.slice(0, at), ...others, ...layers.slice(at + 1)]);
  const swap = (at: number): void =>
    writeLayers([...layers.slice(0, at), layers[at + 1], layers[at], ...layers.slice(at + 2)]);
  return (
    <>
      <ol>
        {layers.map((layer, at) => (
          <li key={at}>
            <Layer layer={layer} at={at} shape={shapes[at]} onChange={(changed) => replace(at, changed)} />
            <span class="buttons tight">
              <button
                type="button"
                disabled={at === 0}
                aria-label={`${t.up}: ${t.layer(at + 1, named('layer', String(layer.type)))}`}
                onClick={() => swap(at - 1)}
              >
                ↑
              </button>
              <button
                type="button"
                disabled={at === layers.length - 1}
                aria-label={`${t.down}: ${t.layer(at + 1, named('layer', String(layer.type)))}`}
                onClick={() => swap(at)}
              >
                ↓
              </button>
              <button
                type="button"
                aria-label={`${t.removeLayer}: ${t.layer(at + 1, named('layer', String(layer.type)))}`}
                onClick={() => replace(at)}
              >
                ×
              </button>
            </span>
          </li>
        ))}
      </ol>
      <button type="button" onClick={() => writeLayers([...layers, newLayer('relu')])}>
        {t.addLayer}
      </button>
    </>
  );
}

type LayerProps = {
  readonly layer: Draft;
  readonly at: number;
  readonly shape: string | undefined;
  readonly onChange: (layer: unknown) => void;
};

function Layer({ layer, at, shape, onChange }: LayerProps) {
  const t = startTexts();
  const type = LAYER_TYPES.find((one) => one === layer.type);
  const fields = type === undefined ? null : inputsOf(type);
  return (
    <>
      <select
        aria-label={t.kindOf(at + 1)}
        value={String(layer.type)}
        onChange={({ currentTarget }) => onChange(newLayer(currentTarget.value as LayerType))}
      >
        {LAYER_TYPES.map((one) => (
          <option key={one} value={one}>
            {named('layer', one)}
          </option>
        ))}
      </select>
      {fields === null ? (
        <JsonField
          label={t.layer(at + 1, named('layer', String(layer.type)))}
          value={layer}
          rows={4}
          onType={onChange}
        />
      ) : (
        <span class="layer-fields">
          {fields.map((field) => (
            <LayerInput
              key={field.name}
              field={field}
              value={layer[field.name]}
              onType={(value) => onChange(withValue(layer, [field.name], value))}
            />
          ))}
        </span>
      )}
      <span class="quiet number shape">{shape === undefined ? '' : t.gives(shape)}</span>
    </>
  );
}

type InputProps = {
  readonly field: FieldForm;
  readonly value: unknown;
  readonly onType: (value: unknown) => void;
};

function LayerInput({ field: { name, kind, optional, choices }, value, onType }: InputProps) {
  const t = startTexts();
  const id = useId();
  const kindOfChoice = choiceKind([name]);
  const parse = (text: string): unknown => {
    if (kind === 'pair') return typedPair(text);
    return text.trim() === '' && optional ? undefined : typedNumber(text, { nullable: false });
  };
  return (
    <span class="field inline small">
      <label for={id}>{t.fields[name] ?? name}</label>
      {kind === 'flag' ? (
        <select
          id={id}
          value={value === undefined ? '' : String(value)}
          onChange={({ currentTarget }) =>
            onType(currentTarget.value === '' ? undefined : currentTarget.value === 'true')
          }
        >
          <option value="">{t.usual}</option>
          <option value="true">{t.yes}</option>
          <option value="false">{t.no}</option>
        </select>
      ) : kind === 'choice' ? (
        <select
          id={id}
          value={isRecord(value) ? String(value.type) : ''}
          onChange={({ currentTarget }) =>
            onType(currentTarget.value === '' ? undefined : { type: currentTarget.value })
          }
        >
          <option value="">{t.usual}</option>
          {choicesFor(value, choices).map((one) => (
            <option key={one} value={one}>
              {kindOfChoice === null ? one : named(kindOfChoice, one)}
            </option>
          ))}
        </select>
      ) : (
        <Typed id={id} value={value} placeholder={optional ? t.usual : ''} parse={parse} onType={onType} />
      )}
    </span>
  );
}

/** `uniform` needs a limit, which is written as JSON; where it is written, it is shown. */
function choicesFor(value: unknown, choices: readonly string[]): readonly string[] {
  const written = isRecord(value) ? String(value.type) : '';
  return written === '' || choices.includes(written) ? choices : [...choices, written];
}
