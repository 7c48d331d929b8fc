/** Overrides of single fields, as `--set optimizer.lr=0.01` writes them. */
import { checkExtent, SPEC_DEPTH_MAX } from './extent.ts';
import { fieldNames, unknownField } from './problems.ts';
import { resolveRunSpec } from './resolve.ts';
import { runSchema } from './runSchema.ts';
import type { RunSpec } from './runSpec.ts';
import { childValue, isRecord, nodeAt, type PathKey, rootNode, unwrap, variantOf } from './schemaWalk.ts';
import { SpecError } from './specError.ts';

/**
 * Sets each `path=value` in turn and resolves what results. A value is read as JSON, else as text.
 * Setting the tag of a tagged union (`optimizer.type`, `schedule.type`, `data.source`, a layer's `type`) keeps
 * the fields that the new variant has too and drops the others.
 * @throws SpecError for an unknown path, a value out of range, or fields that contradict each other
 */
export function applyOverrides(input: unknown, overrides: readonly string[]): RunSpec {
  const base = resolveRunSpec(input);
  if (overrides.length === 0) return base;
  let value: unknown = base;
  for (const override of overrides) {
    const equals = override.indexOf('=');
    if (equals <= 0) {
      throw new SpecError([{ type: 'overrideEmpty', override }]);
    }
    const path = pathOf(override.slice(0, equals).trim());
    if (path.length > SPEC_DEPTH_MAX) {
      throw new SpecError([{ type: 'overrideTooDeep', names: path.length, most: SPEC_DEPTH_MAX }]);
    }
    const part = parseValue(override.slice(equals + 1));
    checkExtent(part);
    value = setAt(value, path, part);
  }
  return resolveRunSpec(value);
}

/**
 * `base` with each field at its dotted path set to a value; a tag that decides which fields there are comes before them.
 * @throws SpecError as `applyOverrides`
 */
export function applyFields(
  base: RunSpec,
  values: readonly (readonly [path: string, value: unknown])[],
): RunSpec {
  let result: unknown = base;
  for (const [dotted, value] of [...values].sort(
    ([a], [b]) => Number(isTag(base, b)) - Number(isTag(base, a)),
  )) {
    const path = pathOf(dotted);
    if (path.length > SPEC_DEPTH_MAX) {
      throw new SpecError([{ type: 'overrideTooDeep', names: path.length, most: SPEC_DEPTH_MAX }]);
    }
    checkExtent(value);
    result = setAt(result, path, value);
  }
  return resolveRunSpec(result);
}

function isTag(base: RunSpec, dotted: string): boolean {
  const path = pathOf(dotted);
  return nodeAt(rootNode(runSchema), base, path.slice(0, -1))?.key === path.at(-1);
}

/**
 * `base` with the fields that `partial` has: objects are merged, lists and values replaced, and another tag
 * (`optimizer.type`, …) drops what its variant lacks.
 * @throws SpecError as `applyOverrides`
 */
export function mergeRunSpec(base: RunSpec, partial: Readonly<Record<string, unknown>>): RunSpec {
  checkExtent(partial);
  return resolveRunSpec(merged(base, [], partial));
}

function merged(
  root: unknown,
  path: readonly PathKey[],
  partial: Readonly<Record<string, unknown>>,
): unknown {
  const tag = nodeAt(rootNode(runSchema), root, path)?.key;
  // The tag first: it decides which other fields there are.
  const keys = Object.keys(partial).sort((a, b) => Number(b === tag) - Number(a === tag));
  let value = root;
  for (const key of keys) {
    const place = [...path, key];
    const part = partial[key];
    const present = place.reduce<unknown>(childValue, value);
    value = isRecord(part) && isRecord(present) ? merged(value, place, part) : setAt(value, place, part);
  }
  return value;
}

function pathOf(dotted: string): PathKey[] {
  return dotted.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function setAt(root: unknown, path: readonly PathKey[], value: unknown): unknown {
  checkPath(root, path);
  return replaced(root, [], path, value, root);
}

/** `node` with the value at `rest` below it replaced; `walked` is where `node` stands in `root`. */
function replaced(
  node: unknown,
  walked: readonly PathKey[],
  rest: readonly PathKey[],
  value: unknown,
  root: unknown,
): unknown {
  const [key, ...further] = rest;
  if (key === undefined) return value;
  const child = replaced(childValue(node, key), [...walked, key], further, value, root);
  if (Array.isArray(node)) return node.map((item: unknown, index) => (index === key ? child : item));
  const fields = isRecord(node) ? node : {};
  const schema = nodeAt(rootNode(runSchema), root, walked);
  if (schema?.type !== 'variant' || schema.key !== key) return { ...fields, [key]: child };
  const variant = variantOf(schema, child);
  if (variant?.entries === undefined) return { ...fields, [key]: child };
  const kept = Object.entries(fields).filter(([name]) => Object.hasOwn(variant.entries ?? {}, name));
  return { ...Object.fromEntries(kept), [key]: child };
}

/** Every part of the path must be a field that the spec can have there. */
function checkPath(root: unknown, path: readonly PathKey[]): void {
  const schema = rootNode(runSchema);
  const at = path.join('.');
  path.forEach((key, depth) => {
    const owner = path.slice(0, depth);
    const place = owner.join('.');
    const value = owner.reduce<unknown>(childValue, root);
    if (Array.isArray(value)) {
      if (typeof key !== 'number' || key >= value.length) {
        throw new SpecError([{ type: 'entryUnknown', at, list: place, entries: value.length }]);
      }
      return;
    }
    const node = nodeAt(schema, root, owner);
    const names = fieldNames(schema, root, owner);
    if (node === null || (node.entries === undefined && unwrap(node, value).type !== 'variant')) {
      throw new SpecError([{ type: 'fieldsMissing', at, owner: place }]);
    }
    if (!names.includes(String(key))) {
      // A field of another variant is set together with the tag, which comes first.
      const tagFirst = node.type === 'variant' ? `${place}.${node.key}` : null;
      throw new SpecError([unknownField(schema, root, path.slice(0, depth + 1), tagFirst)]);
    }
  });
}
