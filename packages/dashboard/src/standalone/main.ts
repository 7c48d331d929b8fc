/** The script that a web page puts a trained model to work with; as a plain script it is the global `shoal`. */
import { loadPredictor as load, type Predictor } from '@shoal/core';
import { pixelsOf } from './pictures.ts';
import { showModel } from './show.ts';

/** From the address of a model's safetensors file, or its bytes. */
export async function loadPredictor(model: string | Uint8Array | ArrayBuffer): Promise<Predictor> {
  if (typeof model !== 'string') return load(model);
  const response = await fetch(model);
  if (!response.ok) throw new Error(`${model} cannot be fetched: the answer was ${response.status}.`);
  return load(await response.arrayBuffer());
}

/** Opens the page of a model whose file is at hand as base64. */
export async function open(root: HTMLElement, base64: string): Promise<void> {
  const text = atob(base64);
  showModel(root, await load(Uint8Array.from(text, (character) => character.charCodeAt(0))));
}

export { pixelsOf, showModel };
