/** Builds the page around a model: a pad and a file for pictures, a field for each column of a table, numbers otherwise. */
import type { Prediction, Predictor } from '@shoal/core';
import { preprocess } from '../model/draw/preprocess.ts';
import { pixelsOf } from './pictures.ts';
import { texts } from './texts.ts';

const PAD = 224;
const PEN = 18;
/** So many classes are shown, the most probable first. */
const SHOWN_MAX = 10;

const words = () => texts[navigator.language.startsWith('zh') ? 'zh' : 'en'];

function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  parent: HTMLElement,
  fields: Partial<HTMLElementTagNameMap[K]> = {},
): HTMLElementTagNameMap[K] {
  const made = Object.assign(document.createElement(name), fields);
  parent.append(made);
  return made;
}

/** Fills `root`. */
export function showModel(root: HTMLElement, predictor: Predictor): void {
  const t = words();
  document.documentElement.lang = navigator.language.startsWith('zh') ? 'zh-CN' : 'en';
  const title = t.title(predictor.dataSet?.name ?? 'model');
  document.title = title;
  element('h1', root, { textContent: title });
  element('p', root, { textContent: t.about });
  const form = element('section', root);
  element('h2', root, { textContent: t.answer });
  const answer = element('div', root, { id: 'answer' });
  answer.setAttribute('role', 'status');
  answer.textContent = t.nothing;
  const say = (prediction: Prediction | string): void => showPrediction(answer, predictor, prediction);
  if (predictor.dataSet?.preparation !== undefined) showColumns(form, predictor, say);
  else if (predictor.model.inputShape.length === 3) showPictures(form, predictor, say);
  else showValues(form, predictor, say);
}

function showPrediction(answer: HTMLElement, predictor: Predictor, prediction: Prediction | string): void {
  const t = words();
  answer.replaceChildren();
  if (typeof prediction === 'string') {
    element('p', answer, { textContent: prediction });
    return;
  }
  if (prediction.type === 'number') {
    const label = predictor.dataSet?.target?.name ?? '';
    element('p', answer, {
      className: 'said',
      textContent: `${t.predicts(label)} ${Number(prediction.value.toPrecision(6))}`,
    });
    return;
  }
  element('p', answer, { className: 'said', textContent: prediction.name });
  const { probabilities } = prediction;
  if (probabilities === null) return;
  const names = predictor.classNames;
  const order = [...probabilities.keys()].sort((a, b) => (probabilities[b] ?? 0) - (probabilities[a] ?? 0));
  const table = element('table', answer);
  for (const label of order.slice(0, SHOWN_MAX)) {
    const row = element('tr', table);
    element('th', row, { textContent: names[label] ?? String(label), scope: 'row' });
    const part = probabilities[label] ?? 0;
    element('meter', element('td', row), { value: part });
    element('td', row, { textContent: `${(100 * part).toFixed(1)} %` });
  }
}

type Say = (prediction: Prediction | string) => void;

function showPictures(form: HTMLElement, predictor: Predictor, say: Say): void {
  const t = words();
  const [channels, height = 1, width = 1] = predictor.model.inputShape;
  if (channels === 1) showPad(form, predictor, { height, width }, say);
  const label = element('label', form, { textContent: `${channels === 1 ? t.choose : t.chooseOnly} ` });
  const file = element('input', label, { type: 'file', accept: 'image/*' });
  let inverted: HTMLInputElement | null = null;
  if (channels === 1) {
    const swap = element('label', form);
    inverted = element('input', swap, { type: 'checkbox' });
    swap.append(` ${t.inverted}`);
  }
  const read = async (): Promise<void> => {
    const chosen = file.files?.[0];
    if (chosen === undefined) return;
    const picture = await createImageBitmap(chosen).catch(() => null);
    if (picture === null) return say(t.noPicture);
    const [prediction] = predictor.predict(
      pixelsOf(picture, predictor, { inverted: inverted?.checked === true }),
    );
    if (prediction !== undefined) say(prediction);
  };
  file.addEventListener('change', () => void read());
  inverted?.addEventListener('change', () => void read());
}

/** Light ink on a dark pad, cut out and centred as the digits of MNIST are. */
function showPad(
  form: HTMLElement,
  predictor: Predictor,
  field: { readonly height: number; readonly width: number },
  say: Say,
): void {
  const t = words();
  const pad = element('canvas', form, { width: PAD, height: PAD, className: 'pad' });
  pad.setAttribute('aria-label', t.draw);
  const context = pad.getContext('2d', { willReadFrequently: true });
  if (context === null) return;
  const clear = (): void => {
    context.fillStyle = '#000';
    context.fillRect(0, 0, PAD, PAD);
  };
  clear();
  context.lineWidth = PEN;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.strokeStyle = '#fff';
  const at = (event: PointerEvent): [number, number] => {
    const box = pad.getBoundingClientRect();
    return [((event.clientX - box.left) * PAD) / box.width, ((event.clientY - box.top) * PAD) / box.height];
  };
  pad.addEventListener('pointerdown', (event) => {
    pad.setPointerCapture(event.pointerId);
    context.beginPath();
    context.moveTo(...at(event));
  });
  pad.addEventListener('pointermove', (event) => {
    if (event.buttons === 0) return;
    context.lineTo(...at(event));
    context.stroke();
  });
  pad.addEventListener('pointerup', () => {
    const { data } = context.getImageData(0, 0, PAD, PAD);
    const cover = Uint8Array.from({ length: PAD * PAD }, (_, i) => data[4 * i] ?? 0);
    const inputs = preprocess({ width: PAD, height: PAD, cover }, field);
    const [prediction] = inputs === null ? [] : predictor.predict(inputs);
    if (prediction !== undefined) say(prediction);
  });
  const button = element('button', form, { type: 'button', textContent: t.clear });
  button.addEventListener('click', () => {
    clear();
    say(t.nothing);
  });
}

function showColumns(form: HTMLElement, predictor: Predictor, say: Say): void {
  const t = words();
  const columns = predictor.dataSet?.preparation?.columns ?? [];
  const inputs = columns.map((column) => {
    const label = element('label', form, { textContent: `${column.name} `, className: 'column' });
    if (column.type === 'number') return element('input', label, { type: 'number', step: 'any' });
    const choice = element('select', label);
    for (const name of ['', ...column.categories]) {
      element('option', choice, { value: name, textContent: name === '' ? t.missing : name });
    }
    return choice;
  });
  const predict = (): void => {
    const cells = columns.map(({ name }, i) => [name, inputs[i]?.value ?? ''] as const);
    say(predictor.predictRow(Object.fromEntries(cells)));
  };
  for (const input of inputs) input.addEventListener('input', predict);
}

function showValues(form: HTMLElement, predictor: Predictor, say: Say): void {
  const t = words();
  const label = element('label', form, { textContent: t.values, className: 'column' });
  const area = element('textarea', label, { rows: 4 });
  area.addEventListener('input', () => {
    const values = area.value
      .split(/[\s,;]+/)
      .filter((one) => one !== '')
      .map(Number);
    const { inputLength } = predictor.model;
    if (values.length !== inputLength || !values.every(Number.isFinite)) {
      say(t.wrongCount(inputLength, values.filter(Number.isFinite).length));
      return;
    }
    const [prediction] = predictor.predict(Float32Array.from(values));
    if (prediction !== undefined) say(prediction);
  });
}
