/** `shoal presets`: what can be trained without writing anything, in the order of a lecture. */
import { presets } from '@shoal/core';
import { out } from '../../terminal/terminal.ts';
import { columns } from '../output/format.ts';

export function listPresets(options: { readonly json?: boolean }): number {
  if (options.json === true) {
    for (const { name, about } of presets) out.json({ type: 'preset', name, about });
    return 0;
  }
  out.lines(...columns(presets.map(({ name, about }) => [name, about])));
  return 0;
}
