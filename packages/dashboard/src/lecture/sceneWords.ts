/** Title and sentence of each scene, from the words of its part. */
import { depthTexts } from './depth/texts.ts';
import { descentTexts } from './descent/texts.ts';
import { fittingTexts } from './fitting/texts.ts';
import { lossTexts } from './loss/texts.ts';
import { networkTexts } from './network/texts.ts';
import { neuronTexts } from './neuron/texts.ts';
import type { SceneName } from './sceneNames.ts';

type Words = { readonly title: string; readonly sentence: string };

export function sceneWords(name: SceneName): Words {
  const all: Readonly<Record<SceneName, Words>> = {
    ...neuronTexts().scenes,
    ...networkTexts().scenes,
    ...lossTexts().scenes,
    ...descentTexts().scenes,
    ...depthTexts().scenes,
    ...fittingTexts().scenes,
  };
  return all[name];
}
