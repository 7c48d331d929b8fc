import { encode } from 'uqr';
import { describe, expect, it } from 'vitest';
import { qrPath } from './qrPath.ts';

const LINK = 'http://192.168.1.20:7433/join#abcdefghijklmnopqrstuvwxyz0123456789';

/** The modules that a path paints. */
function painted({ size, path }: { readonly size: number; readonly path: string }): boolean[][] {
  const modules = Array.from({ length: size }, () => Array.from({ length: size }, () => false));
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
    for (let i = 0; i < Number(width); i += 1) modules[Number(y)]![Number(x) + i] = true;
  }
  return modules;
}

describe('qrPath', () => {
  it('paints the modules of the code and no others', () => {
    expect(painted(qrPath(LINK))).toEqual(encode(LINK, { ecc: 'M', border: 4 }).data);
  });

  it('leaves four light modules on each side', () => {
    const modules = painted(qrPath(LINK));
    const light = (row: readonly boolean[] | undefined): boolean => row?.every((dark) => !dark) ?? false;
    expect(modules.slice(0, 4).every(light) && modules.slice(-4).every(light)).toBe(true);
    expect(modules.every((row) => light(row.slice(0, 4)) && light(row.slice(-4)))).toBe(true);
    expect(modules[4]?.[4]).toBe(true);
  });
});
