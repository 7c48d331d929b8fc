/**
 * The base path: where a proxy serves the coordinator below a path of its host. Some proxies take the path away before
 * they pass a request on and others do not, so both are understood: what begins with it is read without it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** The address of a request without the base path, which is empty or begins with a slash and ends without one. */
export function belowBase(url: string, basePath: string): string {
  return basePath !== '' && url.startsWith(`${basePath}/`) ? url.slice(basePath.length) : url;
}

/** `answer` for requests with or without the base path. The base path alone lacks the slash that the page's links need. */
export function servedBelow(
  basePath: string,
  answer: (request: IncomingMessage, response: ServerResponse) => unknown,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const url = request.url ?? '/';
    if (basePath !== '' && url.split('?')[0] === basePath) {
      response.writeHead(308, { location: `${basePath}/`, 'content-length': 0 }).end();
      return;
    }
    request.url = belowBase(url, basePath);
    answer(request, response);
  };
}
