/** How far a long computation is, with a way to call it off, or why it failed. */
import { textsIn } from '../../shared/language.ts';
import { problemText } from '../problemText.ts';
import type { LongTask } from '../task.ts';
import { texts } from '../texts.ts';

export function TaskLine({ task, label }: { readonly task: LongTask; readonly label: string }) {
  const text = textsIn(texts);
  const state = task.state.value;
  if (state.name === 'idle') return null;
  if (state.name === 'failed') {
    return (
      <p class="fault" role="alert">
        {problemText(state.problem)}
      </p>
    );
  }
  return (
    <div class="row task">
      <progress aria-label={label} value={state.done} max={state.total} />
      <span class="quiet small number">{Math.floor((100 * state.done) / state.total)} %</span>
      <button type="button" onClick={() => task.cancel()}>
        {text.cancel}
      </button>
    </div>
  );
}
