/** Title and sentence of each scene, the title from the words of its part. */
import { SCENE_SENTENCES } from '@shoal/core';
import { language } from '../shared/language.ts';
import { depthTexts } from './depth/texts.ts';
import { descentTexts } from './descent/texts.ts';
import { fittingTexts } from './fitting/texts.ts';
import { lossTexts } from './loss/texts.ts';
import { networkTexts } from './network/texts.ts';
import { neuronTexts } from './neuron/texts.ts';
import type { SceneName } from './sceneNames.ts';

type Words = { readonly title: string; readonly sentence: string };

export function sceneWords(name: SceneName): Words {
  const titles: Readonly<Record<SceneName, string>> = {
    ...neuronTexts().titles,
    ...networkTexts().titles,
    ...lossTexts().titles,
    ...descentTexts().titles,
    ...depthTexts().titles,
    ...fittingTexts().titles,
  };
  return { title: titles[name], sentence: SCENE_SENTENCES[name][language.value] };
}
