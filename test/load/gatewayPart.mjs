/** A gateway under load, as a process of its own that its parent can measure. */
import {
  collectGarbageLazily,
  compileSoon,
  openGateway,
  readLimits,
  TrustedProxies,
} from '@shoal/coordinator';

collectGarbageLazily();
compileSoon();
const { link, name, limits } = JSON.parse(process.argv[2]);
const open = await openGateway({
  ...{ link, token: null, name, host: '127.0.0.1', port: 0, publicUrl: null, tls: null },
  ...{ otherAddresses: [], allowOrigins: [], proxies: TrustedProxies.none, memoryBytesMax: null },
  limits: readLimits(limits),
  log: (level, sentence) => {
    if (level === 'warn') console.error(`${name}: ${sentence}`);
  },
  notice: (...facts) => console.error(name, JSON.stringify(facts)),
});

process.on('message', (message) => {
  if (message !== 'measure') return;
  const { user, system } = process.cpuUsage();
  process.send({
    type: 'measured',
    at: performance.now(),
    cpuMs: (user + system) / 1000,
    resident: process.memoryUsage.rss(),
    workers: open.gateway.run?.registry.people ?? 0,
  });
});
process.on('disconnect', () => process.exit(0));
process.send({ type: 'listening', url: open.addresses.url });
