/** Which links are worth showing to others. */

/** Whether a link leads to the machine of whoever opens it, and so to nowhere for everyone else. */
export function isLoopback(link: string): boolean {
  const { hostname } = new URL(link);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

/** The links that work from other machines; all of them where none does. */
export function reachable(links: readonly string[]): readonly string[] {
  const found = links.filter((link) => !isLoopback(link));
  return found.length === 0 ? links : found;
}
