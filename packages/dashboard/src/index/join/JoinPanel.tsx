/** How others join: link, code, and the links for those who only watch. */
import { useMemo, useRef } from 'preact/hooks';
import { CopyButton } from '../shell/CopyButton.tsx';
import { Guarded } from '../shell/Guarded.tsx';
import { join, replacedLinks, run, workers } from '../store.ts';
import './join.css';
import { isLoopback, reachable } from './links.ts';
import { qrPath } from './qrPath.ts';
import { joinTexts } from './texts.ts';

export function JoinPanel() {
  const t = joinTexts();
  const info = join.value;
  const others = reachable(info?.links ?? []).slice(1);
  const watching = reachable(info?.watchLinks ?? []);
  const gateways = reachable(info?.gatewayLinks ?? []);
  return (
    <>
      <Guarded name="join">
        <JoinCard />
      </Guarded>
      {others.length === 0 ? null : (
        <Guarded name="join-others">
          <Links title={t.others} links={others} />
        </Guarded>
      )}
      {watching.length === 0 ? null : (
        <Guarded name="join-watch">
          <Links
            title={t.watch}
            links={watching}
            note={replacedLinks.value?.watch === true ? 'watch' : null}
          />
        </Guarded>
      )}
      {gateways.length === 0 ? null : (
        <Guarded name="join-gateways">
          <Links
            title={t.gateways}
            links={gateways.map((link) => `npx --no shoal gateway ${link}`)}
            about={t.gatewaysWhy}
          />
        </Guarded>
      )}
    </>
  );
}

/** Also shown in place of curves, as long as nobody has joined. */
export function JoinCard() {
  const t = joinTexts();
  const [link] = reachable(join.value?.links ?? []);
  if (link === undefined) {
    return (
      <section class="panel">
        <h2>{t.title}</h2>
        <p class="quiet">{t.none}</p>
      </section>
    );
  }
  return (
    <section class="panel invitation">
      <QrCode text={link} />
      <div class="stack">
        <h2>{t.title}</h2>
        {replacedLinks.value?.join === true ? <Replaced which="join" /> : null}
        <p>{t.how}</p>
        <LinkLine link={link} large />
        {isLoopback(link) ? <p class="warn">{t.loopback}</p> : null}
        <p class="quiet">{t.program}</p>
        <LinkLine link={`npx --no shoal worker ${link}`} />
        <p class="number joined">{t.joined(run.value?.workers ?? workers.value.length)}</p>
      </div>
    </section>
  );
}

function QrCode({ text }: { readonly text: string }) {
  const { size, path } = useMemo(() => qrPath(text), [text]);
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={joinTexts().code}>
      <path class="light" d={`M0 0h${size}v${size}h-${size}z`} />
      <path class="dark" d={path} />
    </svg>
  );
}

function LinkLine({ link, large = false }: { readonly link: string; readonly large?: boolean }) {
  const place = useRef<HTMLElement>(null);
  return (
    <p class={large ? 'link large' : 'link'}>
      <code ref={place}>{link}</code>
      <CopyButton text={link} place={place} what={link} />
    </p>
  );
}

/** That other links stood here, and what becomes of whoever has one of those. */
function Replaced({ which }: { readonly which: 'join' | 'watch' }) {
  const because = replacedLinks.value?.because ?? 'unknown';
  return (
    <p role="status" class="warn replaced">
      {joinTexts().replaced[which][because]}
    </p>
  );
}

type LinksProps = {
  readonly title: string;
  readonly links: readonly string[];
  readonly note?: 'join' | 'watch' | null;
  readonly about?: string;
};

function Links({ title, links, note = null, about }: LinksProps) {
  return (
    <section class="panel">
      <h2>{title}</h2>
      {about === undefined ? null : <p class="quiet">{about}</p>}
      {note === null ? null : <Replaced which={note} />}
      {links.map((link) => (
        <LinkLine key={link} link={link} />
      ))}
    </section>
  );
}
