/** Turns what a schema found into sentences: the field by its dotted path, the value, what is allowed, the nearest name. */
import type { BaseIssue } from 'valibot';
import { suggestion } from './nearestName.ts';
import { isRecord, knownNames, nodeAt, type PathKey, type SchemaNode, variantOf } from './schemaWalk.ts';

/** A value as a message shows it, cut to what fits a line. */
export function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 60 ? `${json.slice(0, 57)}…` : json;
}

export function problemOf(root: SchemaNode, input: unknown, issue: BaseIssue<unknown>): string {
  const path = (issue.path ?? []).map((item) => item.key as PathKey);
  const dotted = path.join('.');
  const place = dotted === '' ? 'the run spec' : dotted;
  const tag = issue.type === 'variant' ? path.at(-1) : undefined;
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    return unknownField(root, input, path);
  }
  if (issue.type === 'strict_object' && issue.received === 'undefined' && issue.expected !== 'Object') {
    return missing(place, root, input, path);
  }
  if (tag !== undefined && isRecord(issue.path?.at(-1)?.input)) {
    const parent = nodeAt(root, input, path.slice(0, -1));
    const known = parent === null ? [] : knownNames(parent);
    if (issue.input === undefined) {
      return `${place} is missing: it says what the rest means. Known here: ${known.join(', ')}.`;
    }
    return unknownName(place, issue.input, known);
  }
  if (issue.type === 'variant') {
    return `${place} must be an object, not ${shown(issue.input)}: write it with braces, such as {"${tag ?? 'type'}": …}.`;
  }
  const node = nodeAt(root, input, path);
  const known = node === null ? [] : knownNames(node);
  if (issue.type === 'picklist' && known.length > 0) return unknownName(place, issue.input, known);
  return `${place} must be ${issue.message}, not ${shown(issue.input)}.`;
}

function unknownName(place: string, value: unknown, known: readonly string[]): string {
  const hint = typeof value === 'string' ? suggestion(value, known) : `use one of ${known.join(', ')}.`;
  return `${place} cannot be ${shown(value)}: ${hint}`;
}

/** "optimizer.learning is not a field of a run spec: did you mean …" */
export function unknownField(root: SchemaNode, input: unknown, path: readonly PathKey[]): string {
  const owner = path.slice(0, -1);
  const names = fieldNames(root, input, owner);
  const of = ownerName(root, input, owner);
  return `${path.join('.')} is not a field of ${of}: ${suggestion(String(path.at(-1)), names)}`;
}

/** The fields that the object at `path` may have, by its tag where it has one. */
export function fieldNames(root: SchemaNode, input: unknown, path: readonly PathKey[]): readonly string[] {
  const node = nodeAt(root, input, path);
  if (node === null) return [];
  if (node.type !== 'variant') return node.entries === undefined ? [] : knownNames(node);
  const variant = variantOf(node, tagAt(input, path, node.key ?? 'type'));
  return variant === null ? [node.key ?? 'type'] : knownNames(variant);
}

function tagAt(input: unknown, path: readonly PathKey[], key: string): unknown {
  let value = input;
  for (const part of [...path, key]) {
    if (Array.isArray(value)) value = value[Number(part)];
    else value = isRecord(value) ? value[part] : undefined;
  }
  return value;
}

function ownerName(root: SchemaNode, input: unknown, owner: readonly PathKey[]): string {
  if (owner.length === 0) return 'a run spec';
  const node = nodeAt(root, input, owner);
  const tag = node?.type === 'variant' ? tagAt(input, owner, node.key ?? 'type') : undefined;
  return typeof tag === 'string' ? `${owner.join('.')} of ${node?.key} ${shown(tag)}` : owner.join('.');
}

function missing(place: string, root: SchemaNode, input: unknown, path: readonly PathKey[]): string {
  const owner = path.slice(0, -1);
  const near = isRecord(input) && owner.length === 0 && path[0] === 'model';
  if (near) {
    return `${place} is missing: write {"input": [1, 28, 28], "layers": […]}, or start from a preset with "preset": "mnist-mlp".`;
  }
  const names = fieldNames(root, input, owner);
  return `${place} is missing. Fields here: ${names.join(', ')}.`;
}
