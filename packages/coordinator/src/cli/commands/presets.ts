/** `shoal presets`: what can be trained without writing anything, in the order of a lecture. */
import { presets } from '@shoal/core';
import { columns } from '../output/format.ts';

export function listPresets(options: { readonly json?: boolean }): number {
  if (options.json === true) {
    for (const { name, about } of presets) {
      process.stdout.write(`${JSON.stringify({ type: 'preset', name, about })}\n`);
    }
    return 0;
  }
  process.stdout.write(`${columns(presets.map(({ name, about }) => [name, about]))}\n`);
  return 0;
}
