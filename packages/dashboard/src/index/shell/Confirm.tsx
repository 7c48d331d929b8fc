/** A button that asks again before it does what cannot be taken back. */
import { useId, useRef } from 'preact/hooks';
import { frameTexts } from '../texts.ts';

type ConfirmProps = {
  readonly label: string;
  readonly title: string;
  readonly what: string;
  readonly danger?: boolean;
  readonly onConfirm: () => void;
};

export function Confirm({ label, title, what, danger = false, onConfirm }: ConfirmProps) {
  const t = frameTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const close = (): void => dialog.current?.close();
  return (
    <>
      <button type="button" class={danger ? 'danger' : ''} onClick={() => dialog.current?.showModal()}>
        {label}
      </button>
      <dialog ref={dialog} aria-labelledby={heading} class="panel">
        <div class="stack">
          <h2 id={heading}>{title}</h2>
          <p>{what}</p>
          <div class="buttons">
            <button
              type="button"
              class="primary"
              onClick={() => {
                close();
                onConfirm();
              }}
            >
              {label}
            </button>
            <button type="button" onClick={close}>
              {t.cancel}
            </button>
          </div>
        </div>
      </dialog>
    </>
  );
}
