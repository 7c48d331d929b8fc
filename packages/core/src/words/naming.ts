/** What names of a run spec and presets are called where people choose among them. */
import { presets } from '../spec/presets/presets.ts';
import { PRESETS_CHINESE } from './chinese/presets.ts';
import { chineseField, chineseTerm, type TermKind } from './chinese/terms.ts';
import { SCENE_SENTENCES } from './scenes.ts';
import type { Language } from './wording.ts';

/** `全连接层 dense`; in English, and for a name without a term, the name itself. */
export function nameIn(kind: TermKind, name: string, language: Language): string {
  if (language === 'en') return name;
  if (kind === 'field') return chineseField(name);
  const term = chineseTerm(kind, name);
  return term === null ? name : `${term} ${name}`;
}

/**
 * What a spec shows, in the language: the sentence of a preset or of a scene of the lecture, in whichever language it is written
 * there, and as it stands what somebody else has written.
 */
export function aboutIn(
  { name, about }: { readonly name: string; readonly about: string },
  language: Language,
): string {
  const scene = Object.values(SCENE_SENTENCES).find(({ en, zh }) => en === about || zh === about);
  if (scene !== undefined) return scene[language];
  if (language === 'en') return about;
  const own = presets.some((preset) => preset.name === name && preset.about === about);
  return own ? (PRESETS_CHINESE[name] ?? about) : about;
}
