/** Asked before a worker is poisoned in a run that checks nothing: whether the poison may stay in the model. */
import type { RefObject } from 'preact';
import { useId } from 'preact/hooks';
import { frameTexts } from '../texts.ts';
import { workerTexts } from './texts.ts';

type QuestionProps = {
  readonly dialog: RefObject<HTMLDialogElement | null>;
  readonly name: string;
  /** `check`: check from now on, and poison then. */
  readonly onAnswer: (answer: 'check' | 'unchecked') => void;
};

export function PoisonQuestion({ dialog, name, onAnswer }: QuestionProps) {
  const t = workerTexts();
  const heading = useId();
  const close = (): void => dialog.current?.close();
  const answer = (given: 'check' | 'unchecked'): void => {
    close();
    onAnswer(given);
  };
  return (
    <dialog ref={dialog} aria-labelledby={heading} class="panel">
      <div class="stack">
        <h2 id={heading}>{t.poisonUnchecked(name)}</h2>
        <p>{t.poisonUncheckedWhy}</p>
        <div class="buttons">
          <button type="button" class="primary" onClick={() => answer('check')}>
            {t.checkThenPoison}
          </button>
          <button type="button" class="danger" onClick={() => answer('unchecked')}>
            {t.poisonAnyway}
          </button>
          <button type="button" onClick={close}>
            {frameTexts().cancel}
          </button>
        </div>
      </div>
    </dialog>
  );
}
