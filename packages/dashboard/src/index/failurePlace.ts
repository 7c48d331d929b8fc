/** Where on the page something went wrong, as far as the browser says. */

const TEXT_MAX = 400;

/** The innermost place that a stack names, without the address of the page. */
export function placeIn(stack: string | undefined): string | null {
  const line = stack?.split('\n').find((one) => /:\d+:\d+\)?$/.test(one.trim()));
  return line === undefined
    ? null
    : line
        .trim()
        .replace(/^at /, '')
        .replace(/\w+:\/\/[^/\s]+\//, '')
        .slice(0, TEXT_MAX);
}
