/** A model as a folder that runs in a web page: everything in one file, and the parts for somebody's own page. */
import { readFile } from 'node:fs/promises';
import { standaloneScript } from '@shoal/dashboard';
import { UserError } from '../../errors.ts';
import type { DeliveredModel } from '../deliveredModel.ts';

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }
section { display: flex; flex-wrap: wrap; gap: 1rem; align-items: end; }
.pad { border: 1px solid; border-radius: 6px; touch-action: none; width: 224px; height: 224px; }
.column { display: grid; gap: .25rem; }
.said { font-size: 2rem; margin: .5rem 0; overflow-wrap: anywhere; }
th { text-align: left; padding-right: 1rem; font-weight: normal; overflow-wrap: anywhere; }
td { padding-right: 1rem; font-variant-numeric: tabular-nums; }
`;

/**
 * `index.html` needs nothing else, since a page that is opened from a disk may load nothing; `model.safetensors` and
 * `shoal-predict.js` are for pages of somebody's own.
 */
export async function webPageFiles(
  { dataSet }: DeliveredModel,
  content: Uint8Array,
): Promise<ReadonlyMap<string, Uint8Array | string>> {
  const script = await readFile(standaloneScript, 'utf8').catch(() => null);
  if (script === null) {
    throw new UserError('This coordinator was built without its pages: build them with "npm run build".');
  }
  const title = (dataSet?.name ?? 'model').replaceAll(/[&<>]/g, '');
  const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<main id="model"></main>
<script>${script.replaceAll('</script', '<\\/script')}</script>
<script>shoal.open(document.getElementById('model'), '${Buffer.from(content).toString('base64')}');</script>
</body>
</html>
`;
  return new Map<string, Uint8Array | string>([
    ['index.html', page],
    ['model.safetensors', content],
    ['shoal-predict.js', script],
  ]);
}
