/** Where the coordinator is: beside the page, which a proxy may serve below a path of its host. */

/** `path` is one of the coordinator's, with a slash before it. */
export function coordinatorUrl(path: string): URL {
  return new URL(`.${path}`, location.href);
}

/** The same for a WebSocket. */
export function socketUrl(path: string): URL {
  const url = coordinatorUrl(path);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.hash = '';
  return url;
}
