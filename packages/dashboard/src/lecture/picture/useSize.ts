/** How much room a picture has, in pixels of the page, and the size of its letters. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

export function useSize<E extends HTMLElement>() {
  const place = useRef<E>(null);
  const [size, setSize] = useState({ width: 0, height: 0, letter: 16 });
  useLayoutEffect(() => {
    const element = place.current;
    if (element === null) return;
    const measure = (): void => {
      const letter = Number.parseFloat(getComputedStyle(element).fontSize);
      setSize({ width: element.clientWidth, height: element.clientHeight, letter });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { place, ...size };
}
