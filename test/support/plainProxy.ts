/** A proxy as it is without settings for WebSockets: headers that are for one hop only stay behind. */
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { onTestFinished } from 'vitest';

/** In front of the coordinator at this address; closed when the test ends. @returns its own origin */
export async function openPlainProxy(link: string): Promise<string> {
  const { port } = new URL(link);
  const proxy = createServer((incoming, response) => {
    const { connection: _connection, upgrade: _upgrade, ...headers } = incoming.headers;
    const { method, url: path } = incoming;
    const options = { port, host: '127.0.0.1', method, path, headers };
    const outgoing = request(options, (answer) => {
      const { connection: _one, 'transfer-encoding': _two, ...kept } = answer.headers;
      response.writeHead(answer.statusCode ?? 502, kept);
      answer.pipe(response);
    });
    outgoing.on('error', () => response.writeHead(502).end());
    incoming.pipe(outgoing);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  const address = proxy.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}
