import { describe, expect, test } from 'vitest';
import type { Fact } from '../facts/fact.ts';
import { LAYER_TYPES, layerForm } from '../spec/forms.ts';
import { presets } from '../spec/presets/presets.ts';
import { runSchema } from '../spec/runSchema.ts';
import { rootNode, type SchemaNode, unwrap, variantsOf } from '../spec/schemaWalk.ts';
import { PRESETS_CHINESE } from './chinese/presets.ts';
import { chineseField } from './chinese/terms.ts';
import { aboutIn, nameIn } from './naming.ts';
import { SAMPLE_FACTS } from './sampleFacts.suite.ts';
import { SCENE_SENTENCES } from './scenes.ts';
import { sentence, sentences, toldSentences } from './sentence.ts';
import { volunteerWords } from './volunteer.ts';

/** Words that stay as they are in Chinese: names of what a spec is written with, names of people, English terms. */
const TERMS = [
  ...[
    'input',
    'layers',
    'preset',
    'mnist-mlp',
    'units',
    'dense',
    'flatten',
    'conv2d',
    'relu',
    'bias',
    'biases',
  ],
  ...[
    'weights',
    'filters',
    'stride',
    'padding',
    'shortcut',
    'microbatch',
    'batch',
    'numerics',
    'exact',
    'trim',
  ],
  ...[
    'trust.trim',
    'trust.spotCheck',
    'trust.quorum',
    'steps.replicas',
    'steps.localSteps',
    'steps.type',
    'synchronous',
    'localSteps',
    'coding.up',
    'int8',
    'fast',
    'earlyStopping.metric',
    'data.validation',
    'data.limit',
  ],
  ...['trainErrors', 'trainLoss', 'model.layers', 'model.input', 'data.augment', 'optimizer.lr', 'clip.norm'],
  ...['type', 'true', 'false', 'null', 'height', 'width', 'features', 'channels', 'epochs', 'shoal presets'],
  ...[
    'sweep.name',
    '"learning-rates"',
    'sweep.vary',
    'sweep.search',
    'sweep.objective.metric',
    'trainAccuracy',
    'validationLoss',
  ],
  ...[
    'minEpochs',
    'maxEpochs',
    '.trials',
    '"from"',
    '"to"',
    '"scale"',
    '"log"',
    '"linear"',
    'from',
    'scale',
    'to',
  ],
  ...['"search"', '"random"', '"trials"'],
  ...['initial', 'initial.sha256', 'initial.from', 'initial.layers', 'initial.frozen'],
  ...['--initial', '--initial-layers'],
  ...['gzip', '.gz', 'IDX', 'MNIST', 'magic number', 'count', 'safetensors', 'JSON', 'SHA-256', 'F32'],
  ...[
    'shoal doctor',
    'Shoal',
    'WebSocket',
    'HTTP',
    'https',
    'http',
    'MiB',
    'Upgrade',
    'Connection',
    '--memory',
  ],
  ...['NODE_EXTRA_CA_CERTS=FILE', 'Ctrl-C', 'SIGHUP', 'access.json', '--token', 'Host', '--public-url'],
  ...['--allow-origin', 'IPv4', 'IPv6', '--host', 'socketsMax', '--data DIR'],
  ...['NumPy', 'PNG', 'Git LFS', 'git lfs pull', 'big-endian'],
  ...['weight', 'scale', 'shift', 'slope', 'running_mean', 'running_var', 'L1', 'L2'],
  ...['early stopping', 'not linearly separable', 'hidden layer', 'vanishing gradient', 'overfitting'],
  'NATS',
];

/** Latin words of a sentence that stand neither in its fact nor among the terms. */
function leftEnglish(said: string, fact: Fact): string[] {
  const own = [...strings(fact), ...TERMS].sort((a, b) => b.length - a.length);
  const rest = own.reduce((text, term) => (term === '' ? text : text.replaceAll(term, ' ')), said);
  return rest.match(/[A-Za-z]{2,}/g) ?? [];
}

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : [];
}

const all = Object.entries<readonly Fact[]>(SAMPLE_FACTS);

describe.each(all)('%s', (_type, facts) => {
  test.each(['en', 'zh'] as const)('is a whole sentence in %s', (language) => {
    for (const fact of facts) {
      const said = sentence(JSON.parse(JSON.stringify(fact)) as Fact, language);
      expect(said).not.toMatch(/undefined|NaN|\[object|null(?!\b)| {2}| {2}|。。|\.\.$/);
      expect(said).toMatch(/[.。)）]$/);
    }
  });

  test('has no English left in Chinese, and no Chinese in English', () => {
    for (const fact of facts) {
      if (fact.type === 'text') continue;
      const said = sentence(fact, 'zh');
      expect(said).toMatch(/[\u4e00-\u9fff].*[。）]$/);
      // Latin words and numbers stand apart from Chinese by a space, Chinese from Chinese by none.
      expect(said).not.toMatch(/[\u3000-\u9fff\uff00-\uffef] [\u3000-\u9fff\uff00-\uffef]/);
      expect(said).not.toMatch(/[\u4e00-\u9fff][\w"[{]|[\w"\]}][\u4e00-\u9fff]/);
      expect(leftEnglish(said, fact), said).toEqual([]);
      expect(sentence(fact, 'en')).not.toMatch(/[\u3000-\u9fff\uff00-\uffef]/);
    }
  });
});

test('figures and names of a fact stand in both sentences', () => {
  const fact = SAMPLE_FACTS.windowTooLarge[0] as Fact;
  expect(sentence(fact, 'en')).toBe(
    'max_pool2d1 expects an image of at least 5 by 5 but the input gives [1, 4, 4]: use a smaller window, more padding or fewer pooling layers.',
  );
  expect(sentence(fact, 'zh')).toBe(
    '最大池化层 max_pool2d1 需要至少 5 × 5 的图像，但模型输入给出的形状是 [1, 4, 4]：请减小窗口、增大填充 padding，或减少池化层。',
  );
});

test('sentences follow each other as each language writes them', () => {
  const facts = [SAMPLE_FACTS.nothingToTrain[0], SAMPLE_FACTS.layersEmpty[0]] as Fact[];
  expect(sentences(facts, 'en')).toContain('0 epochs. model.layers');
  expect(sentences(facts, 'zh')).toContain('0 轮。层列表');
});

/** Every node of the schema of a run spec, each once. */
function nodesOf(node: SchemaNode, seen = new Set<SchemaNode>()): Set<SchemaNode> {
  const plain = unwrap(node, undefined);
  if (seen.has(plain)) return seen;
  seen.add(plain);
  for (const inner of [...Object.values(plain.entries ?? {}), ...variantsOf(plain)]) nodesOf(inner, seen);
  if (plain.item !== undefined) nodesOf(plain.item, seen);
  return seen;
}

test('every schema of a run spec says what it allows as data', () => {
  const nodes = [...nodesOf(rootNode(runSchema))] as (SchemaNode & { readonly message?: unknown })[];
  const spoken = nodes.filter(({ type }) => type !== 'variant' && type !== 'literal');
  expect(spoken.length).toBeGreaterThan(40);
  for (const { message } of spoken) {
    expect(typeof message).toBe('string');
    expect(JSON.parse(message as string)).toHaveProperty('kind');
  }
});

test('every field of a run spec has a Chinese term', () => {
  const names = [...nodesOf(rootNode(runSchema))].flatMap(({ entries }) => Object.keys(entries ?? {}));
  const fields = LAYER_TYPES.flatMap((type) => layerForm(type).map(({ name }) => name));
  const without = [...new Set([...names, ...fields])].filter((name) => chineseField(name) === name);
  // These are told by where they stand: schedule.steps, clip.value. Greek letters are what formulas call them.
  const placed = { input: 'model', source: 'data', steps: 'schedule', value: 'clip', norm: 'clip' };
  const known = { ...placed, metric: 'earlyStopping' };
  for (const [name, owner] of Object.entries(known)) {
    expect(chineseField(`${owner}.${name}`)).not.toBe(`${owner}.${name}`);
  }
  expect(without.filter((name) => !Object.hasOwn(known, name)).sort()).toEqual(['beta1', 'beta2', 'epsilon']);
});

test('names stand beside their Chinese terms', () => {
  expect(nameIn('layer', 'dense', 'zh')).toBe('全连接层 dense');
  expect(nameIn('layer', 'dense', 'en')).toBe('dense');
  expect(nameIn('field', 'optimizer.lr', 'zh')).toBe('学习率 optimizer.lr');
  expect(nameIn('optimizer', 'constructor', 'zh')).toBe('constructor');
});

test('every preset says in Chinese what it shows, and nothing else does', () => {
  expect(Object.keys(PRESETS_CHINESE)).toEqual(presets.map(({ name }) => name));
  for (const preset of presets) {
    expect(aboutIn(preset, 'en')).toBe(preset.about);
    expect(aboutIn(preset, 'zh')).toMatch(/[\u4e00-\u9fff].*。$/);
  }
  expect(aboutIn({ name: 'mnist-mlp', about: 'Mine.' }, 'zh')).toBe('Mine.');
  expect(aboutIn({ name: 'mine', about: 'Mine.' }, 'zh')).toBe('Mine.');
});

test('a run of a scene tells what it shows in the language of whoever reads, whatever the lecturer speaks', () => {
  for (const { en, zh } of Object.values(SCENE_SENTENCES)) {
    expect(zh).toMatch(/[\u4e00-\u9fff].*[。？]$/);
    for (const about of [en, zh]) {
      expect(aboutIn({ name: 'neuron', about }, 'en')).toBe(en);
      expect(aboutIn({ name: 'neuron', about }, 'zh')).toBe(zh);
    }
  }
});

test('a fact that a newer program tells is not worded, nor one that lacks what its sentence needs', () => {
  const known = SAMPLE_FACTS.leaseLate[0] as Fact;
  expect(toldSentences([known], 'zh')).toBe(sentence(known, 'zh'));
  expect(toldSentences([known, { type: 'quantumLeap' }], 'zh')).toBeNull();
  expect(toldSentences([{ type: 'constructor' }, {}], 'en')).toBeNull();
  expect(toldSentences([{ type: 'runEnded', runId: 'x' }], 'en')).toBeNull();
  expect(toldSentences([], 'en')).toBeNull();
});

test('the page to join words what a coordinator says at the end of a run', () => {
  const done = SAMPLE_FACTS.patienceOver[0] as Fact;
  expect(volunteerWords([done], 'zh')).toBe(sentence(done, 'zh'));
  expect(volunteerWords([SAMPLE_FACTS.operatorStopped[0] as Fact], 'zh')).toMatch(/管理员/);
  expect(volunteerWords([SAMPLE_FACTS.layersEmpty[0] as Fact], 'zh')).toBeNull();
  const said = { type: 'coordinatorSaid', code: 'finished', message: 'Done.' };
  expect(volunteerWords([{ ...said, fact: done }], 'zh')).toBe(sentence(done, 'zh'));
  expect(volunteerWords([{ ...said, fact: { type: 'quantumLeap' } }], 'zh')).toBe('训练已结束。');
});
