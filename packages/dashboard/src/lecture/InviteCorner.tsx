/** The code by which the class joins, in a corner of every scene, where somebody may invite. */
import { useMemo } from 'preact/hooks';
import { reachable } from '../index/join/links.ts';
import { qrPath } from '../index/join/qrPath.ts';
import { join, run } from '../index/store.ts';
import { lectureTexts } from './texts.ts';

export function InviteCorner() {
  const [link] = reachable(join.value?.links ?? []);
  if (link === undefined) return null;
  return <Code link={link} />;
}

function Code({ link }: { readonly link: string }) {
  const t = lectureTexts();
  const { size, path } = useMemo(() => qrPath(link), [link]);
  return (
    <figure class="invite">
      <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={t.code}>
        <path class="light" d={`M0 0h${size}v${size}h-${size}z`} />
        <path class="dark" d={path} />
      </svg>
      <figcaption>
        {t.join}
        <span class="number quiet">{t.joined(run.value?.workers ?? 0)}</span>
      </figcaption>
    </figure>
  );
}
