/** What a tab remembers over a reload: who it is, its token, and what its person chose. */

type Key = 'token' | 'credential' | 'identity' | 'joined' | 'name' | 'threads' | 'limit' | 'device';

/** A page may be denied storage; then everything lasts as long as the page. */
function storage(): Storage | null {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}

export function kept(key: Key): string | null {
  return storage()?.getItem(`shoal-join-${key}`) ?? null;
}

export function keep(key: Key, value: string): void {
  try {
    storage()?.setItem(`shoal-join-${key}`, value);
  } catch {
    // A full or forbidden storage loses no work.
  }
}

export function forget(key: Key): void {
  storage()?.removeItem(`shoal-join-${key}`);
}

let mine = kept('identity');

/** Kept, so that a reloaded tab replaces its old connection. `randomUUID` needs a secure context, this does not. */
export function identity(): string {
  return mine ?? newIdentity();
}

/** For a tab whose identity is used elsewhere: a duplicated tab begins with a copy of it. */
export function newIdentity(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const drawn = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  mine = drawn;
  forget('credential');
  keep('identity', drawn);
  return drawn;
}
