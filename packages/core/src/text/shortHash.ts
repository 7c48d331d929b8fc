/** The first digits of a SHA-256 in hexadecimal, enough for a person to tell two files, specs or models apart. */
export const shortHash = (sha256: string): string => sha256.slice(0, 12);
