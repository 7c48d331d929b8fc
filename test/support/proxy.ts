/** A reverse proxy in front of a coordinator, as people set them up: nginx where it is installed, else one of our own. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './cluster.ts';

export type ProxyOptions = {
  readonly port: number;
  /** The coordinator, `http://host:port`. */
  readonly target: string;
  /** The path that is passed on to it, with a slash at its end. */
  readonly path: string;
  /** Whether that path is taken away before. */
  readonly strips: boolean;
  /** Whether the header `Host` is passed on. */
  readonly passesHost: boolean;
};

const NGINX = '/usr/sbin/nginx';
export const hasNginx = existsSync(NGINX);

/** It ends with the test. */
export async function startProxy(options: ProxyOptions): Promise<void> {
  if (hasNginx) await startNginx(options);
  else await startOwn(options);
}

async function startNginx({ port, target, path, strips, passesHost }: ProxyOptions): Promise<void> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'temp'));
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${join(folder, 'temp', name)};`)
    .join('\n  ');
  const config = join(folder, 'nginx.conf');
  await writeFile(
    config,
    `daemon off;
master_process off;
pid ${join(folder, 'nginx.pid')};
error_log stderr crit;
events {}
http {
  access_log off;
  ${places}
  server {
    listen 127.0.0.1:${port};
    location ${path} {
      proxy_pass ${target}${strips ? '/' : ''};
      proxy_http_version 1.1;
      ${passesHost ? 'proxy_set_header Host $http_host;' : ''}
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection "upgrade";
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    }
  }
}
`,
  );
  const nginx = spawn(NGINX, ['-p', folder, '-c', config, '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaints = '';
  nginx.stderr.on('data', (text: Buffer) => {
    complaints += text.toString();
  });
  const exited = new Promise<void>((resolve) => nginx.once('exit', () => resolve()));
  onTestFinished(async () => {
    nginx.kill('SIGKILL');
    await exited;
  });
  while (!(await answers(port))) {
    if (nginx.exitCode !== null) throw new Error(`nginx has ended: ${complaints}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function startOwn({ port, target, path, strips, passesHost }: ProxyOptions): Promise<void> {
  const { hostname, port: targetPort, host } = new URL(target);
  const passedOn = (incoming: IncomingMessage) => {
    const url = incoming.url ?? '/';
    const before = incoming.headers['x-forwarded-for'];
    const client = incoming.socket.remoteAddress ?? '';
    return {
      host: hostname,
      port: targetPort,
      method: incoming.method,
      path: strips ? `/${url.slice(path.length)}` : url,
      headers: {
        ...incoming.headers,
        ...(!passesHost && { host }),
        'x-forwarded-for': before === undefined ? client : `${before}, ${client}`,
      },
    };
  };
  const server = createServer((incoming, outgoing) => {
    const url = incoming.url ?? '';
    if (`${url}/` === path) {
      outgoing.writeHead(301, { location: path }).end();
      return;
    }
    if (!url.startsWith(path)) {
      outgoing.writeHead(404).end();
      return;
    }
    const onwards = httpRequest(passedOn(incoming), (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onwards.on('error', () => outgoing.destroy());
    incoming.pipe(onwards);
  });
  server.on('upgrade', (incoming, socket, head) => {
    socket.on('error', () => socket.destroy());
    const onwards = httpRequest(passedOn(incoming));
    onwards.on('error', () => socket.destroy());
    onwards.on('response', () => socket.destroy());
    onwards.on('upgrade', (answer, other, rest) => {
      other.on('error', () => other.destroy());
      const lines = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}`);
      socket.write(['HTTP/1.1 101 Switching Protocols', ...lines, '', ''].join('\r\n'));
      other.write(head);
      socket.write(rest);
      socket.pipe(other).pipe(socket);
    });
    onwards.end();
  });
  // Those that were upgraded are the server's no more: a WebSocket may be open for longer than its page.
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
}
