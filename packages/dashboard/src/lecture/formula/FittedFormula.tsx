/** A formula on a line of its own, as large as its place and the stylesheet let it be: it is never broken or cut off. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Formula } from './Formula.tsx';

export function FittedFormula({ text }: { readonly text: string }) {
  const line = useRef<HTMLParagraphElement>(null);
  useLayoutEffect(() => {
    const element = line.current;
    if (element === null) return;
    let width = 0;
    const fit = (): void => {
      if (element.clientWidth === width) return;
      width = element.clientWidth;
      element.style.fontSize = '';
      const needed = element.firstElementChild?.scrollWidth ?? 0;
      const size = Number.parseFloat(getComputedStyle(element).fontSize);
      if (needed > width) element.style.fontSize = `${Math.floor((size * width) / needed)}px`;
    };
    fit();
    // The height follows from the width, so that it is fitted after what was observed has been drawn.
    const sizes = new ResizeObserver(() => requestAnimationFrame(fit));
    sizes.observe(element);
    return () => sizes.disconnect();
  }, [text]);
  return (
    <p class="formula" ref={line}>
      <Formula text={text} block />
    </p>
  );
}
