/** Scrolls to what a button has opened, and moves the focus there. */

/** Scrolls to `element` and puts the focus there, which readers of the screen then read. Moves only where that is wanted. */
export function bringIntoView(element: HTMLElement): void {
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  element.scrollIntoView({ behavior: calm ? 'instant' : 'smooth', block: 'start' });
  element.focus({ preventScroll: true });
}
