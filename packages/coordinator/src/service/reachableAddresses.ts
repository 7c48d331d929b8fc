/** By which addresses other machines may reach this one. */
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

/**
 * IPv4 addresses, which are short enough to be read out; IPv6 addresses where there are no others. A link-local one says
 * nothing without the name of the reader's own interface, and no link can carry that. Empty without a network.
 */
export function reachableAddresses(
  family: 'IPv4' | 'both',
  interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces(),
): string[] {
  const outward = Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, address }) => !internal && !isLinkLocal(address))
    .map(({ address }) => address);
  const four = outward.filter((address) => isIP(address) === 4);
  return four.length > 0 || family === 'IPv4' ? four : outward;
}

const isLinkLocal = (address: string): boolean => /^fe[89ab]/i.test(address);
