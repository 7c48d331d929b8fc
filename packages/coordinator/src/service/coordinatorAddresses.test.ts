import type { NetworkInterfaceInfo } from 'node:os';
import { expect, test } from 'vitest';
import { CoordinatorAddresses, reachableAddresses } from './coordinatorAddresses.ts';

const at = (address: string, internal = false): NetworkInterfaceInfo => ({
  address,
  internal,
  netmask: '',
  mac: '',
  cidr: null,
  ...(address.includes(':') ? { family: 'IPv6', scopeid: 0 } : { family: 'IPv4' }),
});
const LOOPBACK = [at('127.0.0.1', true), at('::1', true)];

test('IPv6 addresses are named where they are all there is, and none that holds on one cable only', () => {
  const both = { lo: LOOPBACK, eth0: [at('192.168.1.5'), at('2001:db8::5'), at('fe80::5')] };
  expect(reachableAddresses('both', both)).toEqual(['192.168.1.5']);
  const six = { lo: LOOPBACK, eth0: [at('fe80::5'), at('2001:db8::5'), at('fd00::5')] };
  expect(reachableAddresses('both', six)).toEqual(['2001:db8::5', 'fd00::5']);
  expect(reachableAddresses('IPv4', six)).toEqual([]);
  expect(reachableAddresses('both', { lo: LOOPBACK, eth0: [at('fe80::5')] })).toEqual([]);
});

test('links have an IPv6 address in brackets, and the public address with its path before the others', () => {
  const addresses = (host: string, publicUrl: string | null = null, isTls = false) =>
    new CoordinatorAddresses({ host, port: 7465, publicUrl, isTls });
  expect(addresses('2001:db8::5').url).toBe('http://[2001:db8::5]:7465');
  expect(addresses('10.0.0.5', null, true).url).toBe('https://10.0.0.5:7465');
  expect(addresses('10.0.0.5', 'https://lab.example/shoal').url).toBe('https://lab.example/shoal');
});
