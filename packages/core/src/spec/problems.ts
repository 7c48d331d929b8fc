/** Turns what a schema found into facts: the field by its dotted path, the value, what is allowed, the nearest name. */
import type { BaseIssue } from 'valibot';
import type { Owner, SpecFact } from '../facts/specFacts.ts';
import { allowedOf } from './fields.ts';
import { nearestName } from './nearestName.ts';
import {
  childValue,
  isRecord,
  knownNames,
  nodeAt,
  type PathKey,
  type SchemaNode,
  variantOf,
} from './schemaWalk.ts';

/** A value as the JSON that was written, cut to what fits a line. */
export function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 60 ? `${json.slice(0, 57)}…` : json;
}

export function problemOf(root: SchemaNode, input: unknown, issue: BaseIssue<unknown>): SpecFact {
  const path = (issue.path ?? []).map((item) => item.key as PathKey);
  const at = path.join('.');
  const tag = issue.type === 'variant' ? path.at(-1) : undefined;
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    return unknownField(root, input, path);
  }
  if (issue.type === 'strict_object' && issue.received === 'undefined' && issue.expected !== 'Object') {
    return missing(root, input, path);
  }
  if (tag !== undefined && isRecord(issue.path?.at(-1)?.input)) {
    const parent = nodeAt(root, input, path.slice(0, -1));
    const known = parent === null ? [] : knownNames(parent);
    if (issue.input === undefined) return { type: 'tagMissing', at, known };
    return unknownName(at, issue.input, known);
  }
  if (issue.type === 'variant') {
    return { type: 'objectExpected', at, tag: String(tag ?? 'type'), value: shown(issue.input) };
  }
  const node = nodeAt(root, input, path);
  const known = node === null ? [] : knownNames(node);
  if (issue.type === 'picklist' && known.length > 0) return unknownName(at, issue.input, known);
  return { type: 'fieldInvalid', at, allowed: allowedOf(issue.message), value: shown(issue.input) };
}

function unknownName(at: string, value: unknown, known: readonly string[]): SpecFact {
  const nearest = typeof value === 'string' ? nearestName(value, known) : null;
  return { type: 'nameUnknown', at, value: shown(value), nearest, known };
}

/** `tagFirst` is the path of a tag that would bring other fields. */
export function unknownField(
  root: SchemaNode,
  input: unknown,
  path: readonly PathKey[],
  tagFirst: string | null = null,
): SpecFact {
  const owner = path.slice(0, -1);
  const known = fieldNames(root, input, owner);
  return {
    type: 'fieldUnknown',
    at: path.join('.'),
    owner: ownerOf(root, input, owner),
    tagFirst,
    nearest: nearestName(String(path.at(-1)), known),
    known,
  };
}

/** The fields that the object at `path` may have, by its tag where it has one. */
export function fieldNames(root: SchemaNode, input: unknown, path: readonly PathKey[]): readonly string[] {
  const node = nodeAt(root, input, path);
  if (node === null) return [];
  if (node.type !== 'variant') return node.entries === undefined ? [] : knownNames(node);
  const variant = variantOf(node, tagAt(input, path, node.key ?? 'type'));
  return variant === null ? [node.key ?? 'type'] : knownNames(variant);
}

const tagAt = (input: unknown, path: readonly PathKey[], key: string): unknown =>
  [...path, key].reduce<unknown>(childValue, input);

function ownerOf(root: SchemaNode, input: unknown, owner: readonly PathKey[]): Owner {
  const node = nodeAt(root, input, owner);
  const field = node?.type === 'variant' ? (node.key ?? 'type') : null;
  const name = field === null ? undefined : tagAt(input, owner, field);
  const tag = field !== null && typeof name === 'string' ? { field, name } : null;
  return { at: owner.join('.'), tag };
}

function missing(root: SchemaNode, input: unknown, path: readonly PathKey[]): SpecFact {
  const at = path.join('.');
  if (at === 'model' && isRecord(input)) return { type: 'modelMissing', at };
  if (at === 'initial.sha256') return { type: 'initialUnnamed' };
  return { type: 'fieldMissing', at, known: fieldNames(root, input, path.slice(0, -1)) };
}
