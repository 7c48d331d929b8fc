/** Which scene is shown: in the address, so that a link leads to it and the browser's own keys go back. */
import { effect, signal } from '@preact/signals';
import { api, operates, sharedScene } from '../index/store.ts';
import { isScene, type SceneName, sceneAfter, scenes } from './sceneNames.ts';

const KEY = 'shoal-scene';
const first: SceneName = scenes[0].id;

function fromAddress(): SceneName | null {
  const text = location.hash.slice(1);
  return isScene(text) ? text : null;
}

function kept(): SceneName | null {
  try {
    const text = sessionStorage.getItem(KEY) ?? '';
    return isScene(text) ? text : null;
  } catch {
    return null;
  }
}

export const scene = signal<SceneName>(fromAddress() ?? kept() ?? first);
/** Whether this page goes where the lecturer goes; whoever turns a page alone no longer does. */
export const follows = signal(true);

export function showScene(name: SceneName): void {
  follows.value = false;
  scene.value = name;
}

export const turn = (by: number): void => showScene(sceneAfter(scene.peek(), by));

/** Called once, by the entry, after the token has been taken out of the address. */
export function keepPlace(): void {
  window.addEventListener('hashchange', () => {
    const name = fromAddress();
    if (name !== null) showScene(name);
  });
  effect(() => {
    const name = scene.value;
    if (fromAddress() !== name) {
      history.replaceState(history.state, '', `${location.pathname}${location.search}#${name}`);
    }
    try {
      sessionStorage.setItem(KEY, name);
    } catch {
      // Without storage the address alone knows the scene.
    }
  });
  // The lecturer's page leads.
  effect(() => {
    const name = scene.value;
    if (operates.value) void api.post('/api/lecture', { scene: name }).catch(() => undefined);
  });
  // The class follows.
  effect(() => {
    const shared = sharedScene.value;
    if (shared !== null && isScene(shared) && !operates.value && follows.value) scene.value = shared;
  });
}
