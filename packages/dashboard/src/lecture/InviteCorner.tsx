/** The code by which the class joins, in a corner of every scene, where somebody may invite; a key makes it large. */
import { useMemo, useRef, useState } from 'preact/hooks';
import { reachable } from '../index/join/links.ts';
import { qrPath } from '../index/join/qrPath.ts';
import { api, join, run } from '../index/store.ts';
import { KeyButton } from './picture/KeyButton.tsx';
import { lectureTexts } from './texts.ts';

export function InviteCorner() {
  const [link] = reachable(join.value?.links ?? []);
  if (link === undefined) return null;
  return <Invitation link={link} />;
}

function Invitation({ link }: { readonly link: string }) {
  const t = lectureTexts();
  const large = useRef<HTMLDialogElement>(null);
  const toggle = (): void => {
    if (large.current?.open === true) large.current.close();
    else large.current?.showModal();
  };
  return (
    <div class="invite">
      <div class="invite-words">
        <strong>{t.join}</strong>
        <span class="number quiet">{t.joined(run.value?.workers ?? 0)}</span>
        <Ranking />
        <KeyButton letter="j" onPress={toggle}>
          {t.enlarge}
        </KeyButton>
      </div>
      <Code link={link} />
      <dialog ref={large} class="invite-large" aria-label={t.code}>
        <Code link={link} />
        <p>
          <code>{link.slice(0, link.indexOf('#'))}#…</code>
        </p>
        <button type="button" onClick={toggle}>
          {t.close}
        </button>
      </dialog>
    </div>
  );
}

function Code({ link }: { readonly link: string }) {
  const { size, path } = useMemo(() => qrPath(link), [link]);
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={lectureTexts().code}>
      <path class="light" d={`M0 0h${size}v${size}h-${size}z`} />
      <path class="dark" d={path} />
    </svg>
  );
}

/** Names are shown to the class where the lecturer wants it, and not before. */
function Ranking() {
  const t = lectureTexts();
  const [isShown, show] = useState(false);
  return (
    <label class="row">
      <input
        type="checkbox"
        checked={isShown}
        onChange={(event) => {
          const ranking = event.currentTarget.checked;
          show(ranking);
          void api.post('/api/lecture', { ranking }).catch(() => show(!ranking));
        }}
      />
      {t.ranking}
    </label>
  );
}
