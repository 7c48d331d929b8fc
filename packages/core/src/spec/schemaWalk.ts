/** Finds the part of a schema that a path through a value leads to, so that messages can name what is known there. */
import type { GenericSchema } from 'valibot';

/** What the schemas of a run spec are made of; valibot keeps these fields public. */
export type SchemaNode = {
  readonly type: string;
  readonly key?: string;
  readonly entries?: Readonly<Record<string, SchemaNode>>;
  readonly options?: readonly (SchemaNode | string)[];
  readonly literal?: unknown;
  readonly item?: SchemaNode;
  readonly wrapped?: SchemaNode;
  readonly getter?: (input: unknown) => SchemaNode;
};

export type PathKey = string | number;

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const rootNode = (schema: GenericSchema): SchemaNode => schema as unknown as SchemaNode;

/** Without the layers that only say "may be left out" or "is defined later". */
export function unwrap(node: SchemaNode, input: unknown): SchemaNode {
  if (node.wrapped !== undefined) return unwrap(node.wrapped, input);
  if (node.type === 'lazy' && node.getter !== undefined) return unwrap(node.getter(input), input);
  return node;
}

/** The values that a literal or a list of names allows. */
function namesOf(node: SchemaNode): readonly string[] {
  if (typeof node.literal === 'string') return [node.literal];
  return (node.options ?? []).filter((option) => typeof option === 'string');
}

/** The variants of a tagged union, such as the optimizers by `type`. */
export function variantsOf(node: SchemaNode): readonly SchemaNode[] {
  return (node.options ?? []).filter((option) => typeof option !== 'string');
}

/** The variant that the value's tag chooses; null when the tag is unknown. */
export function variantOf(node: SchemaNode, tag: unknown): SchemaNode | null {
  const key = node.key ?? '';
  for (const variant of variantsOf(node)) {
    const allowed = variant.entries?.[key];
    if (allowed !== undefined && typeof tag === 'string' && namesOf(allowed).includes(tag)) return variant;
  }
  return null;
}

/** Field names of an object, tags of a tagged union, names of a list of names. */
export function knownNames(node: SchemaNode): readonly string[] {
  if (node.entries !== undefined) return Object.keys(node.entries);
  if (node.type === 'variant') {
    return variantsOf(node).flatMap((variant) => {
      const tag = variant.entries?.[node.key ?? ''];
      return tag === undefined ? [] : namesOf(tag);
    });
  }
  return namesOf(node);
}

/** The node for the field at `path` with what is said around it: that it may be left out or be null. */
export function fieldNodeAt(root: SchemaNode, input: unknown, path: readonly PathKey[]): SchemaNode | null {
  const key = path.at(-1);
  const owner = path.slice(0, -1);
  const node = nodeAt(root, input, owner);
  if (node === null || key === undefined) return node;
  return childNode(node, owner.reduce<unknown>(childValue, input), key);
}

/** The node for the value at `path` below `input`; null where the path leaves the schema. */
export function nodeAt(root: SchemaNode, input: unknown, path: readonly PathKey[]): SchemaNode | null {
  let node: SchemaNode | null = root;
  let value = input;
  for (const key of path) {
    node = childNode(unwrap(node, value), value, key);
    if (node === null) return null;
    value = childValue(value, key);
  }
  return unwrap(node, value);
}

function childNode(node: SchemaNode, value: unknown, key: PathKey): SchemaNode | null {
  if (node.item !== undefined) return node.item;
  if (node.type !== 'variant') return node.entries?.[key] ?? null;
  const variant = variantOf(node, childValue(value, node.key ?? ''));
  return variant?.entries?.[key] ?? null;
}

export function childValue(value: unknown, key: PathKey): unknown {
  if (Array.isArray(value)) return value[Number(key)];
  return isRecord(value) ? value[key] : undefined;
}
