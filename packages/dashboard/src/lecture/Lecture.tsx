/** The lecture: one scene at a time, as large as the screen, turned like pages. */
import { useEffect, useMemo } from 'preact/hooks';
import { Guarded } from '../index/shell/Guarded.tsx';
import { Preferences } from '../index/shell/Header.tsx';
import { operates, sharedScene } from '../index/store.ts';
import { trainAhead } from './ahead.ts';
import { FittedFormula } from './formula/FittedFormula.tsx';
import { InviteCorner } from './InviteCorner.tsx';
import { goesWhere } from './keys.ts';
import { follows, scene, showScene, turn } from './place.ts';
import { type SceneName, scenes } from './sceneNames.ts';
import { pictureOf } from './scenes.ts';
import { sceneWords } from './sceneWords.ts';
import { lectureTexts } from './texts.ts';
import { OpenRun } from './train/OpenRun.tsx';
import { openedRuns } from './train/openedRuns.ts';

/** Within the page to join: the scene alone, turned by the page around it. */
const isSmall = new URLSearchParams(location.search).has('small');

export function Lecture() {
  const t = lectureTexts();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const by = goesWhere(event);
      if (by === 0) return;
      event.preventDefault();
      turn(by);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  const name = scene.value;
  // A phone computes what it shows and no more.
  useEffect(() => (isSmall ? undefined : trainAhead(name)), [name]);
  useEffect(() => (isSmall ? fitFrame() : undefined), []);
  if (isSmall) {
    return (
      <div class="lecture small">
        <SceneView key={name} name={name} />
      </div>
    );
  }
  return (
    <div class="lecture">
      <header class="lecture-top">
        <nav aria-label={t.chapter}>
          <select
            aria-label={t.chapter}
            value={name}
            onChange={(event) => showScene(event.currentTarget.value as SceneName)}
          >
            {scenes.map(({ id }, index) => (
              <option key={id} value={id}>
                {index + 1} · {sceneWords(id).title}
              </option>
            ))}
          </select>
        </nav>
        <Following />
        <Preferences />
      </header>
      <SceneView key={name} name={name} />
      <footer class="lecture-foot">
        <Turning name={name} />
        <Opening key={name} name={name} />
        <InviteCorner />
      </footer>
    </div>
  );
}

/** The frame in the page around it becomes as high as each scene: nothing has to be scrolled within it. */
function fitFrame(): (() => void) | undefined {
  const frame = window.frameElement as HTMLElement | null;
  if (frame === null) return undefined;
  const sizes = new ResizeObserver(() => {
    frame.style.height = `${document.body.scrollHeight}px`;
  });
  sizes.observe(document.body);
  return () => sizes.disconnect();
}

function SceneView({ name }: { readonly name: SceneName }) {
  const { title, sentence } = sceneWords(name);
  const { formula } = scenes.find(({ id }) => id === name) ?? scenes[0];
  const Picture = pictureOf[name];
  return (
    <main class="scene" data-scene={name} aria-labelledby="scene-title">
      <div class="scene-words">
        <h1 id="scene-title">{title}</h1>
        <FittedFormula text={formula} />
        <p class="sentence">{sentence}</p>
      </div>
      <Guarded name="lecture-scene">
        <Picture />
      </Guarded>
    </main>
  );
}

function Turning({ name }: { readonly name: SceneName }) {
  const t = lectureTexts();
  const at = scenes.findIndex(({ id }) => id === name);
  return (
    <div class="turning">
      <button type="button" disabled={at === 0} onClick={() => turn(-1)}>
        ← {t.back}
      </button>
      <span class="number quiet" role="status">
        {t.place(at + 1, scenes.length)}
      </span>
      <button type="button" class="primary" disabled={at === scenes.length - 1} onClick={() => turn(1)}>
        {t.forward} →
      </button>
    </div>
  );
}

/** Of a scene that trains nothing itself. */
function Opening({ name }: { readonly name: SceneName }) {
  const spec = useMemo(() => openedRuns[name]?.() ?? null, [name]);
  return spec === null ? null : <OpenRun specs={[spec]} />;
}

/** For the class: whether this page goes along with the lecturer's. */
function Following() {
  const t = lectureTexts();
  if (operates.value || sharedScene.value === null) return null;
  return (
    <label class="row">
      <input
        type="checkbox"
        checked={follows.value}
        onChange={(event) => {
          follows.value = event.currentTarget.checked;
        }}
      />
      {t.follow}
    </label>
  );
}
