/** Which keys turn the page: arrows, space, and what a presenter's remote sends. */

/** Elements that need a key for themselves. */
type Target = { readonly tagName: string; readonly type?: string } | null;

/** Keys that an input in focus uses for itself. A remote's page keys turn the page wherever the focus is. */
const takesArrows = (target: Target): boolean =>
  target !== null && /^(?:INPUT|SELECT|TEXTAREA)$/.test(target.tagName) && target.type !== 'checkbox';
const takesSpace = (target: Target): boolean =>
  target !== null && /^(?:INPUT|SELECT|TEXTAREA|BUTTON|A|SUMMARY|CANVAS)$/.test(target.tagName);

type Pressed = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'altKey' | 'metaKey'> & {
  readonly target: EventTarget | Target;
};

/** By how many scenes the key goes forward; 0 where it is not for this. */
export function goesWhere({ key, shiftKey, ctrlKey, altKey, metaKey, target }: Pressed): number {
  if (ctrlKey || altKey || metaKey) return 0;
  const on = target as Target;
  switch (key) {
    case 'PageDown':
      return 1;
    case 'PageUp':
      return -1;
    case 'ArrowRight':
      return takesArrows(on) ? 0 : 1;
    case 'ArrowLeft':
      return takesArrows(on) ? 0 : -1;
    case ' ':
      if (takesSpace(on)) return 0;
      return shiftKey ? -1 : 1;
    default:
      return 0;
  }
}
