/** `shoal lecture`: a coordinator with local workers, and the page of the lecture in the browser. */
import type { DataOptions, RunFileOptions, RunOptions } from '../options.ts';
import { holdingRunFile } from '../runFile.ts';
import { serveRuns } from '../serveRuns.ts';

/** @param options `open: false` where the browser is opened by hand */
export function lecture(
  options: DataOptions & RunOptions & RunFileOptions & { readonly show: boolean },
): Promise<number> {
  return holdingRunFile(options.runFile, () =>
    serveRuns(options, {
      page: options.show ? lecturePage : null,
      says: (dashboard) => [
        `The lecture: ${lecturePage(dashboard)}`,
        "Arrow keys, space or a presenter's remote turn its pages. Press Ctrl-C to end.",
      ],
    }),
  );
}

/** The lecture's page with the token of the dashboard's link, below whatever path a proxy serves it. */
export function lecturePage(dashboard: string): string {
  const url = new URL(dashboard);
  url.pathname = `${url.pathname.replace(/\/*$/, '')}/lecture`;
  return url.href;
}
