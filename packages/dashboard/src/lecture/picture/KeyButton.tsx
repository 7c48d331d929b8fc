/** A button that a key presses as well, wherever the focus is. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import './keyButton.css';

type Props = {
  /** A small letter. */
  readonly letter: string;
  readonly onPress: () => void;
  readonly disabled?: boolean;
  readonly children: ComponentChildren;
};

export function KeyButton({ letter, onPress, disabled = false, children }: Props) {
  const press = useRef(onPress);
  press.current = disabled ? () => {} : onPress;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.key.toLowerCase() !== letter) return;
      const { tagName = '', type = '' } = event.target as Partial<HTMLInputElement>;
      // A letter chooses from a list, and is written in a field.
      if (tagName === 'SELECT' || (tagName === 'INPUT' && !/^(?:range|checkbox|radio)$/.test(type))) return;
      press.current();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [letter]);
  return (
    <button
      type="button"
      disabled={disabled}
      aria-keyshortcuts={letter.toUpperCase()}
      onClick={() => onPress()}
    >
      {children}{' '}
      <span class="letter" aria-hidden="true">
        {letter.toUpperCase()}
      </span>
    </button>
  );
}
