/** In place of what needs samples of the data set, where the link that was opened does not open those. */
import { textsIn } from '../../shared/language.ts';
import { texts } from '../texts.ts';

export function SamplesKept() {
  return <p class="quiet kept">{textsIn(texts).samplesKept}</p>;
}
