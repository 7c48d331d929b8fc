import { describe, expect, it } from 'vitest';
import { isLoopback, reachable } from './links.ts';

const LAN = 'http://192.168.1.20:7433/join#token';
const HERE = 'http://127.0.0.1:7433/join#token';

describe('links for others', () => {
  it('leave out those that lead back to whoever opens them', () => {
    expect(
      [LAN, HERE, 'http://localhost:1/#a', 'http://[::1]:1/#a', 'https://127.example.org/#a'].map(isLoopback),
    ).toEqual([false, true, true, true, false]);
    expect(reachable([HERE, LAN])).toEqual([LAN]);
  });

  it('are all of them where the coordinator listens to its own machine only', () => {
    expect(reachable([HERE])).toEqual([HERE]);
    expect(reachable([])).toEqual([]);
  });
});
