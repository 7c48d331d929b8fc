/** The images under test, by the names of their Dockerfiles. */
import { fileURLToPath } from 'node:url';

export const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));
export const DOCKERFILES = ['coordinator', 'worker', 'proxy', 'nats'] as const;
export type ImageName = (typeof DOCKERFILES)[number];

/** Compose finds the same images with SHOAL_TAG=test. */
export const TAG = 'test';
export const imageOf = (name: ImageName): string => `shoal-${name}:${TAG}`;
