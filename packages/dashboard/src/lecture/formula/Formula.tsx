/** A formula, typeset by the browser itself. */
import { createElement, type VNode } from 'preact';
import { type MathNode, parseFormula } from './parse.ts';

const drawn = ({ name, children }: MathNode): VNode =>
  createElement(
    name as 'mrow',
    null,
    ...children.map((child) => (typeof child === 'string' ? child : drawn(child))),
  );

/** @param text as `parse.ts` reads it */
export function Formula({ text, block = false }: { readonly text: string; readonly block?: boolean }) {
  return <math display={block ? 'block' : 'inline'}>{drawn(parseFormula(text))}</math>;
}
