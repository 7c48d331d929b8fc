export function patchOf(base: Buffer, binary: Buffer): string;
